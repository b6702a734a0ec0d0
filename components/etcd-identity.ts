import * as pulumi from "@pulumi/pulumi";
import type { EtcdInstance } from "../lib/etcd/instances.ts";
import type { MemberCertificates } from "../lib/etcd/member-files.ts";
import { AUTHORITY_DAYS, createClient, createServer, type KeyPair } from "../lib/pki/certificates.ts";
import type { EtcdPlace } from "./etcd-machines.ts";
import { remember } from "./remember.ts";

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

/** Makes what one etcd is known by. Certificates are made anew with their authority, and a member's with its address. */
export function etcdIdentity(name: string, args: EtcdIdentityArgs, parent: pulumi.Resource): EtcdIdentity {
  const { instance, suffix, user, places } = args;
  const signer = pulumi.secret(args.authority);
  const authority = pulumi.unsecret(signer.apply(({ certificate }) => certificate));
  const signed = (...causes: pulumi.Output<string>[]) => ({ parent, replacementTrigger: pulumi.all([authority, ...causes]) });

  const certificates = places.map((place) => {
    const pairs = remember(
      `${place.name}${suffix}-certificates`,
      () => pulumi.all([signer, place.address]).apply(([ca, address]) => memberPairs(ca, place.name, address)),
      signed(place.address),
    );
    return pulumi.all([authority, pairs]).apply(([ca, { server, peer }]) => ({ authority: ca, server, peer }));
  });
  const client = () => signer.apply((ca) => createClient(ca, { user, days: AUTHORITY_DAYS }));
  return { instance, suffix, authority, certificates, client: remember(`${name}${suffix}-client`, client, signed()) };
}

async function memberPairs(authority: KeyPair, name: string, address: string): Promise<{ server: KeyPair; peer: KeyPair }> {
  const subject = { name, hosts: ["localhost", name], addresses: ["127.0.0.1", address], days: AUTHORITY_DAYS };
  return { server: await createServer(authority, subject), peer: await createServer(authority, subject) };
}
