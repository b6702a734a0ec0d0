import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import type { EtcdInstance } from "../../lib/etcd/instances.ts";
import type { MemberCertificates } from "../../lib/etcd/member-files.ts";
import { bundle } from "../../lib/pki/bundle.ts";
import { checkSigned } from "../../lib/pki/ca.ts";
import { CA_DAYS, createClient, createServer } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { renewalsUntil } from "../../lib/pki/renewal.ts";
import { Problems } from "../../lib/problems.ts";
import { remember, stash } from "../engine/remember.ts";
import { signedBy } from "../pki/generations.ts";
import { checkedCa } from "../pki/given-ca.ts";
import type { EtcdPlace } from "./machines.ts";

export interface EtcdIdentityArgs {
  /** Etcd among those on the machines. */
  instance: EtcdInstance;
  /** Suffix of the children's names, after the etcd's or the member's name, when a machine has several etcds. */
  suffix: string;
  /** CA of the etcd. */
  ca: pulumi.Input<KeyPair>;
  /** Generation of the CA. @default 1 */
  caGeneration?: number;
  /** Certificates of other CAs that are trusted, PEM. @default none */
  trustedCas?: pulumi.Input<string>[];
  /** User in the clients' certificate. */
  user: string;
  /** Places of the members. */
  places: EtcdPlace[];
}

/** Certificates of one etcd. */
export interface EtcdIdentity extends Pick<EtcdIdentityArgs, "instance" | "suffix"> {
  /** Certificates of the members, in the order of their places. */
  certificates: pulumi.Output<MemberCertificates>[];
  /** Certificates of the CA and of others that are trusted, PEM. */
  ca: pulumi.Output<string>;
  /** Client certificate and key. */
  client: pulumi.Output<KeyPair>;
}

/**
 * Makes the certificates of one etcd. A member's certificates are recreated when its address or the certificate of the CA changes, and all
 * before they end, if their CA lives longer than they. Another CA of the same generation is refused, because members and clients would no
 * longer trust each other.
 */
export function etcdIdentity(name: string, args: EtcdIdentityArgs, parent: pulumi.Resource): EtcdIdentity {
  const { instance, suffix, user, places, caGeneration = 1, trustedCas = [] } = args;
  const subject = `etcd "${name}"`;
  const given = checkedCa(subject, "ca", args.ca);
  const renewals = pulumi.unsecret(given.apply(({ certificate }) => renewalsUntil(new Date(), certificate, CA_DAYS)));
  const recorded = stash(`${name}${suffix}-client`, () => given.apply((ca) => createClient(ca, { user, days: CA_DAYS })), {
    parent,
    replacementTrigger: signedBy(caGeneration, renewals),
  });
  const client = recorded.output as pulumi.Output<KeyPair>;
  const signer = pulumi.all([given, client, recorded.urn]).apply(([ca, { certificate }, urn]) => {
    const problems = new Problems();
    checkSigned("ca", ca, certificate, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
    return ca;
  });
  const ca = pulumi.unsecret(signer.apply(({ certificate }) => certificate));
  const trusted = pulumi.unsecret(pulumi.all([ca, ...trustedCas]).apply(([first, ...others]) => bundle(first!, others)));

  const certificates = places.map((place) => {
    const pairs = remember(
      `${place.name}${suffix}-certificates`,
      () => pulumi.all([signer, place.address]).apply(([ca, address]) => memberPairs(ca, place.name, address)),
      { parent, replacementTrigger: pulumi.all([ca, place.address, renewals]) },
    );
    return pulumi.all([trusted, pairs]).apply(([all, { server, peer }]) => ({ ca: all, server, peer }));
  });
  return { instance, suffix, ca: trusted, certificates, client };
}

async function memberPairs(ca: KeyPair, name: string, address: string): Promise<{ server: KeyPair; peer: KeyPair }> {
  const subject = { name, hosts: ["localhost", name], addresses: ["127.0.0.1", address], days: CA_DAYS };
  return { server: await createServer(ca, subject), peer: await createServer(ca, subject) };
}
