import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { CILIUM_ETCD, type EtcdInstance, EVENTS_ETCD, KUBERNETES_ETCD } from "../lib/etcd/instances.ts";
import { checkEtcdCluster, DEFAULT_MEMBERS } from "../lib/etcd/rules.ts";
import type { EtcdMembersSettings } from "../lib/etcd/settings.ts";
import type { BackupFacts } from "../lib/etcd-backup/facts.ts";
import type { ClusterSoftwareSettings } from "../lib/node/settings.ts";
import type { KeyPair } from "../lib/pki/key-pair.ts";
import { nodeKeys } from "../lib/pool/node-keys.ts";
import { Problems } from "../lib/problems.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { completeWith } from "./engine/completion.ts";
import { type EtcdIdentity, etcdIdentity } from "./etcd-cluster/identity.ts";
import { type EtcdPlace, etcdPlace } from "./etcd-cluster/machines.ts";
import { etcdMembers } from "./etcd-cluster/members.ts";
import type { MarkArgs } from "./openstack/mark.ts";
import { withRetries } from "./openstack/retries.ts";
import { checkGivenCa } from "./pki/given-ca.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

/** Access of clients to an etcd. It is plain data, so that any program can supply it. */
export interface EtcdClient {
  /** URLs of the members, like "https://10.40.0.20:2379". */
  endpoints: pulumi.Input<string[]>;
  /** Certificate of the CA that signed the members' certificates, PEM; during a rotation, others that are trusted follow. */
  ca: pulumi.Input<string>;
  /** Generation of the CA, counted from 1, when it is rotated. @default 1 */
  caGeneration?: number;
  /** Client certificate and key, PEM. */
  client: pulumi.Input<KeyPair>;
  /** URLs of the members of a separate etcd for events, which trusts the same clients. @default events are in the same etcd as all else */
  events?: pulumi.Input<string[]>;
  /** Id of the last restore. After another one, API servers start again. @default none */
  restore?: string;
  /** Known once etcd answers. Clients wait for it. @default at once */
  ready?: pulumi.Input<unknown>;
}

/** CA of an etcd, and what a rotation has beside it. */
export interface EtcdAuthority {
  /** CA that signs the certificates of members and clients. Its key never reaches a machine. */
  ca: pulumi.Input<KeyPair>;
  /** Generation of the CA, counted from 1, when it is rotated: the clients' certificate is signed by another CA only with another one. @default 1 */
  caGeneration?: number;
  /** Certificates of other CAs that members and clients trust, PEM, during a rotation. @default none */
  trustedCas?: pulumi.Input<string>[];
}

export interface EtcdClusterArgs extends EtcdAuthority, EtcdMembersSettings, ClusterSoftwareSettings, MarkArgs {
  /** Network of the machines. */
  network: NetworkAttachment;
  /** Ids of the security groups of the machines' ports. */
  securityGroupIds: pulumi.Input<string>[];
  /** SSH access to the machines. */
  ssh: SshAccess;
  /** Second etcd on the same machines, for Cilium alone, with its own CA. @default none */
  cilium?: EtcdAuthority;
  /** Facts about the cluster that backups tell. @default backups are not possible */
  backupFacts?: pulumi.Input<BackupFacts>;
  /** Adds an etcd for the API servers' events on the same machines, with the same certificates. @default false */
  events?: boolean;
}

/**
 * Etcd on its own machines. Its members are static pods of kubelets that belong to no cluster, as in kubeadm's guide. So images,
 * registries and supervision are the same as on control planes. Members start, change and are replaced one after another. Each decides by
 * itself whether to start an etcd, to join one, or to continue with its data.
 */
export class EtcdCluster extends pulumi.ComponentResource {
  /** Access of API servers to etcd. */
  readonly client: EtcdClient;
  /** Access of Cilium to its own etcd, if it has one. */
  readonly ciliumClient?: EtcdClient;
  /** Names and addresses of the members. */
  readonly members: pulumi.Output<{ name: string; address: string }[]>;

  constructor(name: string, args: EtcdClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:EtcdCluster", name, {}, withRetries(opts));

    const names = nodeKeys({ count: args.members ?? DEFAULT_MEMBERS }).map((key) => `${name}-${key}`);
    const places = names.map((member) => etcdPlace(member, args, this));
    const etcds = this.#identities(name, args, places);
    const { id: ready } = etcdMembers(name, places, etcds, args, this);

    const addresses = pulumi.all(places.map(({ address }) => address));
    const endpoints = ({ clientPort }: EtcdInstance) => addresses.apply((all) => all.map((address) => `https://${address}:${clientPort}`));
    const clientOf = ({ instance, ca, client }: EtcdIdentity) => ({ endpoints: endpoints(instance), ca, client, ready });
    this.client = {
      ...clientOf(etcds[0]!),
      ...defined({ events: args.events ? endpoints(EVENTS_ETCD) : undefined, restore: args.restore?.id }),
    };
    const cilium = etcds.find(({ instance }) => instance === CILIUM_ETCD);
    if (cilium) this.ciliumClient = { ...clientOf(cilium), ...defined({ caGeneration: args.cilium?.caGeneration }) };
    this.members = pulumi.all(places.map(({ name, address }) => ({ name, address })));
    // Names and addresses are known long before the machines and volumes exist.
    this.registerOutputs(completeWith({ members: this.members }, [ready]));
  }

  /** Makes the identities of all etcds on the machines, first that of Kubernetes' etcd. */
  #identities(name: string, args: EtcdClusterArgs, places: EtcdPlace[]): EtcdIdentity[] {
    const { ca, caGeneration, trustedCas, cilium, events } = args;
    const rotation = defined({ caGeneration, trustedCas });
    const ofKubernetes = { instance: KUBERNETES_ETCD, suffix: "", ca, ...rotation, user: "kube-apiserver-etcd-client", places };
    const kubernetes = etcdIdentity(name, ofKubernetes, this);
    const own = cilium && { instance: CILIUM_ETCD, suffix: "-cilium", ...cilium, user: "cilium", places };
    return [
      kubernetes,
      ...(own ? [etcdIdentity(name, own, this)] : []),
      // An API server has one certificate for all its etcds.
      ...(events ? [{ ...kubernetes, instance: EVENTS_ETCD, suffix: "-events" }] : []),
    ];
  }
}

function validate(name: string, args: EtcdClusterArgs): void {
  const problems = new Problems();
  checkEtcdCluster(args, problems);
  if ((args.backup || args.restore) && !args.backupFacts)
    problems.add("backupFacts", "is missing beside backup or restore; give the facts about the cluster that a restore compares");
  checkGivenCa("ca", args.ca, problems);
  checkGivenCa("cilium.ca", args.cilium?.ca, problems);
  problems.throwIfAny(`etcd "${name}"`);
}
