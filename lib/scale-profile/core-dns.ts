import type { ClusterSize } from "./size.ts";

/** Replicas that kubeadm makes. */
const LEAST = 2;

/** Nodes that one replica serves (kubernetes, cluster/addons/dns-horizontal-autoscaler, nodesPerReplica). */
const NODES_PER_REPLICA = 16;

/** Replicas of CoreDNS for a size, as Kubernetes' own DNS autoscaler would have them. */
export function coreDnsReplicas({ nodes }: ClusterSize): number {
  return Math.max(LEAST, Math.ceil(nodes / NODES_PER_REPLICA));
}
