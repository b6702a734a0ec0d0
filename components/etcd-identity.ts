import * as pulumi from "@pulumi/pulumi";
import type { EtcdInstance } from "../lib/etcd/instances.ts";
import type { MemberCertificates } from "../lib/etcd/member-files.ts";
import { AUTHORITY_DAYS, createClient, createServer, type KeyPair } from "../lib/pki/certificates.ts";
import type { EtcdMachine } from "./etcd-machines.ts";
import { remember, stash } from "./remember.ts";

export interface EtcdIdentityArgs {
  /** Which etcd. */
  instance: EtcdInstance;
  /** What the children's names have after the etcd's or the member's name, when a machine has several etcds. */
  suffix: string;
  /** Authority of the etcd. */
  authority: pulumi.Input<KeyPair>;
  /** Who the clients' certificate speaks for. */
  user: string;
  members: Pick<EtcdMachine, "name" | "id" | "address">[];
}

/** What the script of a member needs to know of one of its etcds, beside its own facts. */
export interface EtcdIdentity {
  instance: EtcdInstance;
  /** Id of the machine that was first of all, for ever: only it may start the etcd, so a replaced one never starts a second. */
  founder: pulumi.Output<string>;
  /** Certificates of the members, in their order. */
  certificates: pulumi.Output<MemberCertificates>[];
  /** Certificate of the authority, PEM. */
  authority: pulumi.Output<string>;
  /** Certificate and key of the clients. */
  client: pulumi.Output<KeyPair>;
}

/** Makes what one etcd is known by. Certificates are made anew with their authority, and a member's with its address. */
export function etcdIdentity(name: string, args: EtcdIdentityArgs, parent: pulumi.Resource): EtcdIdentity {
  const { instance, suffix, authority, user, members } = args;
  const signer = pulumi.secret(authority);
  const authorityCertificate = pulumi.unsecret(signer.apply(({ certificate }) => certificate));
  const signed = (...causes: pulumi.Output<string>[]) => ({ parent, replacementTrigger: pulumi.all([authorityCertificate, ...causes]) });

  return {
    instance,
    authority: authorityCertificate,
    founder: stash(`${name}${suffix}-founder`, () => members[0]!.id, { parent }).output as pulumi.Output<string>,
    certificates: members.map((member) => {
      const pairs = remember(
        `${member.name}${suffix}-certificates`,
        () => pulumi.all([signer, member.address]).apply(([ca, address]) => memberPairs(ca, member.name, address)),
        signed(member.address),
      );
      return pulumi.all([authorityCertificate, pairs]).apply(([ca, { server, peer }]) => ({ authority: ca, server, peer }));
    }),
    client: remember(`${name}${suffix}-client`, () => signer.apply((ca) => createClient(ca, { user, days: AUTHORITY_DAYS })), signed()),
  };
}

async function memberPairs(authority: KeyPair, name: string, address: string): Promise<{ server: KeyPair; peer: KeyPair }> {
  const subject = { name, hosts: ["localhost", name], addresses: ["127.0.0.1", address], days: AUTHORITY_DAYS };
  return { server: await createServer(authority, subject), peer: await createServer(authority, subject) };
}
