import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { type KubeletSettings, kubelet } from "../kubeadm/settings.ts";
import { type MachineSettings, machine } from "../node/machine-settings.ts";
import { type ContainerRuntimeSettings, containerRuntime, type SetupSettings, setup } from "../node/settings.ts";
import { type RegistrySettings, registries } from "../registries/settings.ts";
import { bounded, either, input, numberOrText, object, port, ruledWord, text, textMap, texts } from "../schema.ts";
import { type BastionAccess, bastionAccess } from "../ssh/settings.ts";

/** Largest pool (Kubernetes is tested to 5,000 nodes in a cluster). */
export const LARGEST_POOL = 5000;

/** Longest drain in seconds. */
export const LONGEST_DRAIN = 3600;

/** Largest concurrency limit: more would bound nothing, because Pulumi itself would run out of memory first. */
export const LARGEST_CONCURRENCY = 1000;

/** Effects of a taint. */
export const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** A Kubernetes taint. */
export interface Taint {
  /** Key, like "dedicated". */
  key: string;
  /** Value. @default none */
  value?: string;
  /** Effect on pods that do not tolerate it: "NoSchedule", "PreferNoSchedule" or "NoExecute". */
  effect: (typeof TAINT_EFFECTS)[number];
}

/** Limits of changes of a pool's nodes: upgrades, other changes of what runs on their machines, and replacements of the machines. */
export interface UpgradeSettings {
  /** Nodes that may be out of service at a time: a number, or a share of the pool like "10%", rounded down to at least one node. @default "10%" */
  maxUnavailable?: number | string;
  /** Machines that one `pulumi up` replaces for another image, volume or server group: a number, or a share of the pool like "25%", rounded down to at least one; "100%" is all at once. @default "25%" */
  maxSurge?: number | string;
}

/** Settings of the nodes of any pool. */
export interface PoolNodeSettings extends SetupSettings {
  /** Kubernetes labels of every node; changed in place. @default none */
  labels?: Record<string, string>;
  /** Kubernetes taints of every node; changed in place. @default none */
  taints?: Taint[];
  /** Seconds that a drain may take before a node is upgraded or removed, from 1 to 3600. @default 300 */
  drainSeconds?: number;
  /** Limits of changes of the nodes. @default { maxUnavailable: "10%", maxSurge: "25%" } */
  upgrade?: UpgradeSettings;
  /** Full Kubernetes version of the pool's nodes, at most three minor versions older than the cluster's; changed in place. @default the cluster's */
  kubernetesVersion?: string;
  /** Settings of the pool's kubelets, which win over the cluster's; changed in place, by a restart of the kubelet. @default the cluster's */
  kubelet?: KubeletSettings;
  /** Settings of containerd. @default the systemd cgroup driver, and nothing else */
  containerRuntime?: ContainerRuntimeSettings;
  /** Sources of container images; each property that is given takes the place of the cluster's. @default as in the cluster */
  registries?: RegistrySettings;
}

/** Number and keys of a pool's nodes. A node is known by its key, never by its place in a list. */
export interface NodeKeys {
  /** Number of keys, from 0 to 5000; the keys are "0", "1" and so on. */
  count: number;
  /** Keys below `count` that have no node, so that a node can be taken out of the middle. @default none */
  without?: string[];
}

/** Network of a pool's own. */
export interface PoolNetworkSettings {
  /** Id of the network. */
  networkId: Input<string>;
  /** Id of the subnet that the workers' addresses are from. */
  subnetId: Input<string>;
  /** Addresses of the subnet, like "10.50.0.0/24". Routers lead from there to all nodes and back, without translation of addresses. */
  cidr: string;
}

/** A pool of workers on machines that are made for it. */
export interface MachinePoolSettings extends NodeKeys, PoolNodeSettings {
  /** Machine of each node. */
  machine: MachineSettings;
  /** Network of the pool's own, to and from which routers lead; its workers' ports are made before their servers, in its subnet. @default the cluster's */
  network?: PoolNetworkSettings;
}

/** An existing server. */
export interface ImportedServer {
  /** Name of its Node, unique in the cluster. */
  name: string;
  /** IPv4 address, at which SSH and the cluster's nodes reach it. */
  address: string;
  /** SSH host key, as `ssh-keyscan` prints it without the name. @default learnt at first contact */
  hostKey?: string;
}

/** SSH to imported servers. */
export interface ImportedSshSettings {
  /** User; one that is not root needs sudo without a password. @default "root" */
  user?: string;
  /** Port of the servers' SSH server, from 1 to 65535. @default 22 */
  port?: number;
  /** Private key, PEM or OpenSSH. @default the cluster's own, whose public half the servers must know */
  privateKey?: Input<string>;
  /** Machine in between. @default the one through which the cluster's nodes are reached */
  bastion?: BastionAccess;
}

/** A pool of existing servers: workers, which the library makes Nodes, and sets free again when they are taken out. */
export interface ImportedPoolSettings extends PoolNodeSettings {
  /** Servers, each known by its name. */
  imported: ImportedServer[];
  /** SSH to the servers. @default like the cluster's nodes */
  ssh?: ImportedSshSettings;
}

/** A pool of workers. */
export type PoolSettings = MachinePoolSettings | ImportedPoolSettings;

/** Concurrency limits of workers, in all pools together. */
export interface ConcurrencySettings {
  /** Servers that are being made at a time, from 1 to 1000. @default 64 */
  creates?: number;
  /** Workers that are joining at a time, from 1 to 1000, rounded up to whole batches of 64. @default 256 */
  joins?: number;
}

const taint = object({ key: text, value: z.string().optional(), effect: ruledWord(TAINT_EFFECTS) });

const poolNode = {
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  drainSeconds: bounded(1, LONGEST_DRAIN).optional(),
  upgrade: object({ maxUnavailable: numberOrText.optional(), maxSurge: numberOrText.optional() }).optional(),
  kubernetesVersion: text.optional(),
  kubelet: kubelet.optional(),
  containerRuntime: containerRuntime.optional(),
  registries: registries.optional(),
  ...setup,
};

const machinePool = object({
  count: bounded(0, LARGEST_POOL),
  without: texts.optional(),
  machine,
  ...poolNode,
  network: object({ networkId: input, subnetId: input, cidr: text }).optional(),
});

const server = object({ name: text, address: text, hostKey: text.optional() });

const importedPool = object({
  ...poolNode,
  imported: z.array(server),
  ssh: object({
    user: text.optional(),
    port: port.optional(),
    privateKey: input.optional(),
    bastion: bastionAccess.optional(),
  }).optional(),
});

/** Schema of PoolSettings. @internal */
export const pool = either("imported", importedPool, machinePool, "must be an object with count and machine, or imported");

/** Schema of ConcurrencySettings. @internal */
export const concurrency = object({
  creates: bounded(1, LARGEST_CONCURRENCY).optional(),
  joins: bounded(1, LARGEST_CONCURRENCY).optional(),
});
