import type { ClusterSize } from "./size.ts";

/** Networks with room for a cluster. They are suggestions, because they cannot be changed once a cluster exists. */
export interface SuggestedNetworks {
  /** Network of the pods. */
  podCidr: string;
  /** Prefix length of each node's part of it. */
  nodeCidrMask: number;
  /** Longest prefix that the nodes' own network should have. */
  nodesPrefix: number;
}

/** Node mask: 256 addresses for at most 110 pods, so that an address is not reused at once (default of kubeadm and Kubernetes' scripts). */
const NODE_MASK = 24;

/** Factor of room for replacements and growth: with 1,019 nodes, a /14 would have only five blocks to spare. */
const SPARE = 1.1;

/**
 * Prefixes of the largest and smallest pod network: one that begins at 10.128.0.0, away from Services in 10.96.0.0/12, and 10.244.0.0/16.
 */
const [LARGEST, SMALLEST] = [9, 16];

/** Addresses in the nodes' network for etcd members, a bastion, the API's address and those that the cloud takes. */
const OTHER_MACHINES = 16;

/** Suggests the networks for a size, the same as Kubernetes' own scripts choose (cluster/gce/config-common.sh, get-cluster-ip-range). */
export function suggestedNetworks({ nodes }: ClusterSize): SuggestedNetworks {
  const prefix = Math.min(SMALLEST, Math.max(LARGEST, NODE_MASK - bitsFor(nodes * SPARE)));
  return {
    podCidr: `10.${244 - (244 % 2 ** (16 - prefix))}.0.0/${prefix}`,
    nodeCidrMask: NODE_MASK,
    nodesPrefix: Math.min(NODE_MASK, 32 - bitsFor(nodes * SPARE + OTHER_MACHINES)),
  };
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count));
}
