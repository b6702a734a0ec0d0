import type { ClusterSize } from "./size.ts";

/** Networks that have room for a cluster. Suggestions, because they cannot be changed once a cluster is made. */
export interface SuggestedNetworks {
  /** Network of the pods. */
  podCidr: string;
  /** Prefix length of each node's part of it. */
  nodeCidrMask: number;
  /** Prefix length that the nodes' own network should at least have room for. */
  nodesPrefix: number;
}

/** 256 addresses for at most 110 pods, so that an address is not used again at once (kubeadm's default, and that of Kubernetes' scripts). */
const NODE_MASK = 24;

/** Room for the nodes that replace others and for growth: with 1,019 nodes, a /14 would have five blocks to spare. */
const SPARE = 1.1;

/** kubeadm's customary 10.244.0.0/16 is the least, and a network that begins in 10.128.0.0, away from services in 10.96.0.0/12, the most. */
const [LARGEST, SMALLEST] = [9, 16];

/** Addresses in the nodes' network for members of etcd, a bastion, the API's address and what the cloud takes. */
const OTHER_MACHINES = 16;

/** Networks for a size; Kubernetes' own scripts choose the same ones (cluster/gce/config-common.sh, get-cluster-ip-range). */
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
