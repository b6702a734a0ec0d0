import * as pulumi from "@pulumi/pulumi";
import { recordAgainHelp } from "../../lib/cluster/fixed-settings.ts";
import type { EtcdInstance } from "../../lib/etcd/instances.ts";
import type { MemberCertificates } from "../../lib/etcd/member-files.ts";
import { checkSigned } from "../../lib/pki/authority.ts";
import { AUTHORITY_DAYS, createClient, createServer } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { Problems } from "../../lib/problems.ts";
import { remember, stash } from "../engine/remember.ts";
import { soundAuthority } from "../pki/given-authority.ts";
import type { EtcdPlace } from "./machines.ts";

export interface EtcdIdentityArgs {
  /** Which etcd. */
  instance: EtcdInstance;
  /** What the children's names have after the etcd's or the member's name, when a machine has several etcds. */
  suffix: string;
  /** Authority of the etcd. */
  authority: pulumi.Input<KeyPair>;
  /** Who the clients' certificate speaks for. */
  user: string;
  /** The members. */
  places: EtcdPlace[];
}

/** What one etcd is known by. */
export interface EtcdIdentity extends Pick<EtcdIdentityArgs, "instance" | "suffix"> {
  /** Certificates of the members, in their order. */
  certificates: pulumi.Output<MemberCertificates>[];
  /** Certificate of the authority, PEM. */
  authority: pulumi.Output<string>;
  /** Certificate and key of the clients. */
  client: pulumi.Output<KeyPair>;
}

/**
 * Makes what one etcd is known by. A member's certificates are made anew with its address, and with the certificate of the authority;
 * another authority is refused, because members and clients would no longer trust each other.
 */
export function etcdIdentity(name: string, args: EtcdIdentityArgs, parent: pulumi.Resource): EtcdIdentity {
  const { instance, suffix, user, places } = args;
  const subject = `etcd "${name}"`;
  const given = soundAuthority(subject, "authority", args.authority);
  const noted = stash(`${name}${suffix}-client`, () => given.apply((ca) => createClient(ca, { user, days: AUTHORITY_DAYS })), { parent });
  const client = noted.output as pulumi.Output<KeyPair>;
  const signer = pulumi.all([given, client, noted.urn]).apply(([ca, { certificate }, urn]) => {
    const problems = new Problems();
    checkSigned("authority", ca, certificate, problems);
    problems.throwIfAny(subject, recordAgainHelp(urn));
    return ca;
  });
  const authority = pulumi.unsecret(signer.apply(({ certificate }) => certificate));

  const certificates = places.map((place) => {
    const pairs = remember(
      `${place.name}${suffix}-certificates`,
      () => pulumi.all([signer, place.address]).apply(([ca, address]) => memberPairs(ca, place.name, address)),
      { parent, replacementTrigger: pulumi.all([authority, place.address]) },
    );
    return pulumi.all([authority, pairs]).apply(([ca, { server, peer }]) => ({ authority: ca, server, peer }));
  });
  return { instance, suffix, authority, certificates, client };
}

async function memberPairs(authority: KeyPair, name: string, address: string): Promise<{ server: KeyPair; peer: KeyPair }> {
  const subject = { name, hosts: ["localhost", name], addresses: ["127.0.0.1", address], days: AUTHORITY_DAYS };
  return { server: await createServer(authority, subject), peer: await createServer(authority, subject) };
}
