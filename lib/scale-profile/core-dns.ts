import { type ClusterSize, stepFor } from "./size.ts";

/** Replicas that kubeadm makes. */
const LEAST = 2;

/** Nodes that one replica serves (kubernetes, cluster/addons/dns-horizontal-autoscaler, nodesPerReplica). */
const NODES_PER_REPLICA = 16;

/** Replicas of CoreDNS for a size, as Kubernetes' own DNS autoscaler would have them; a small cluster keeps kubeadm's two. */
export function coreDnsSettings(size: ClusterSize): { coreDnsReplicas?: number } {
  return stepFor(size, { medium: true }) ? { coreDnsReplicas: Math.max(LEAST, Math.ceil(size.nodes / NODES_PER_REPLICA)) } : {};
}
