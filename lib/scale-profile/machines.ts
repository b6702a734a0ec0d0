import type { ClusterSize } from "./size.ts";

/** What a machine should at least have. */
export interface SuggestedMachine {
  /** Virtual CPUs. */
  cores: number;
  /** Memory in GiB. */
  memory: number;
  /** Disk in GiB. */
  disk: number;
}

/** What a member of etcd should at least have. */
export interface SuggestedEtcdMachine extends SuggestedMachine {
  /** Operations a second of its disk, many at a time. */
  operations: number;
}

/** Most nodes, and what serves them. */
type Rows<T> = readonly [number, T][];

/**
 * A control plane, as if it were the only one: several share the API's work, but each holds all of its objects in memory.
 * Kubernetes' own scripts (cluster/gce/config-common.sh, get-master-size and get-master-root-disk-size: n1-standard machines,
 * 3.75 GiB a core); 64 cores and 240 GiB are what SIG Scalability's results of 5,000 nodes are from (provider-configs.md).
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
 * A member of an etcd on machines of its own: etcd's examples for Kubernetes of 50, 250, 1,000 and 3,000 nodes (op-guide/hardware).
 * Each serves up to twice the nodes of its example here; for more than 3,000 there is none. Disks are those of Kubernetes' scripts
 * (get-master-disk-size).
 */
const ETCD: Rows<SuggestedEtcdMachine> = [
  [100, { cores: 2, memory: 8, disk: 20, operations: 3_600 }],
  [500, { cores: 4, memory: 16, disk: 20, operations: 6_000 }],
  [2_000, { cores: 8, memory: 32, disk: 100, operations: 8_000 }],
  [3_000, { cores: 16, memory: 64, disk: 100, operations: 16_000 }],
  [Number.POSITIVE_INFINITY, { cores: 16, memory: 64, disk: 200, operations: 16_000 }],
];

/** A control plane for a size. */
export function suggestedControlPlane(size: ClusterSize): SuggestedMachine {
  return rowFor(size, CONTROL_PLANES);
}

/** A member of etcd for a size. */
export function suggestedEtcdMember(size: ClusterSize): SuggestedEtcdMachine {
  return rowFor(size, ETCD);
}

function rowFor<T>({ nodes }: ClusterSize, rows: Rows<T>): T {
  return rows.find(([most]) => nodes <= most)![1];
}
