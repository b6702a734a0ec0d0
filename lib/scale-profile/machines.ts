import type { ClusterSize } from "./size.ts";

/** Least size of a machine. */
export interface SuggestedMachine {
  /** Virtual CPUs. */
  cores: number;
  /** Memory in GiB. */
  memory: number;
  /** Disk in GiB. */
  disk: number;
}

/** Least size of an etcd member's machine. */
export interface SuggestedEtcdMachine extends SuggestedMachine {
  /** Operations a second of the disk, with many at a time. */
  operations: number;
}

/** Rows of the most nodes, and the machine for them. */
type Rows<T> = readonly [number, T][];

/**
 * Machines of control planes, as if each were the only one: several share the API's work, but each holds all objects in memory. The
 * sizes are those of Kubernetes' own scripts (cluster/gce/config-common.sh, get-master-size and get-master-root-disk-size:
 * n1-standard machines, 3.75 GiB a core). SIG Scalability's results of 5,000 nodes are from 64 cores and 240 GiB
 * (provider-configs.md).
 */
const CONTROL_PLANES: Rows<SuggestedMachine> = [
  [10, { cores: 2, memory: 8, disk: 20 }],
  [50, { cores: 4, memory: 16, disk: 20 }],
  [100, { cores: 8, memory: 32, disk: 20 }],
  [500, { cores: 16, memory: 64, disk: 20 }],
  [3_000, { cores: 32, memory: 128, disk: 100 }],
  [Number.POSITIVE_INFINITY, { cores: 64, memory: 240, disk: 500 }],
];

/**
 * Machines of external etcd members: etcd's examples for Kubernetes of 50, 250, 1,000 and 3,000 nodes (op-guide/hardware). Here each
 * serves up to twice the nodes of its example. etcd has no example for more than 3,000. Disks are those of Kubernetes' scripts
 * (get-master-disk-size).
 */
const ETCD: Rows<SuggestedEtcdMachine> = [
  [100, { cores: 2, memory: 8, disk: 20, operations: 3_600 }],
  [500, { cores: 4, memory: 16, disk: 20, operations: 6_000 }],
  [2_000, { cores: 8, memory: 32, disk: 100, operations: 8_000 }],
  [3_000, { cores: 16, memory: 64, disk: 100, operations: 16_000 }],
  [Number.POSITIVE_INFINITY, { cores: 16, memory: 64, disk: 200, operations: 16_000 }],
];

/** Suggests the machine of a control plane for a size. */
export function suggestedControlPlane(size: ClusterSize): SuggestedMachine {
  return rowFor(size, CONTROL_PLANES);
}

/** Suggests the machine of an etcd member for a size. */
export function suggestedEtcdMember(size: ClusterSize): SuggestedEtcdMachine {
  return rowFor(size, ETCD);
}

function rowFor<T>({ nodes }: ClusterSize, rows: Rows<T>): T {
  return rows.find(([most]) => nodes <= most)![1];
}
