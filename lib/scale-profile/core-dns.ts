import { type ClusterSize, stepFor } from "./size.ts";

/** Replicas that kubeadm creates. */
const LEAST = 2;

/** Nodes per replica (kubernetes, cluster/addons/dns-horizontal-autoscaler, nodesPerReplica). */
const NODES_PER_REPLICA = 16;

/** Returns the replicas of CoreDNS for a size, as many as Kubernetes' DNS autoscaler would choose. A small cluster keeps kubeadm's two. */
export function coreDnsSettings(size: ClusterSize): { coreDnsReplicas?: number } {
  return stepFor(size, { medium: true }) ? { coreDnsReplicas: Math.max(LEAST, Math.ceil(size.nodes / NODES_PER_REPLICA)) } : {};
}
