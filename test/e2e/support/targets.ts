/**
 * Settings of a cluster that can be created in part. Pulumi creates providers with any targets, and the network plugin's would wait for
 * kubeadm.
 */
export const TARGETABLE = { "caravan:cni": { type: "none" } };

/**
 * URNs of a cluster's network, of the API's address and DNS record without its association, and of all their dependencies. No machine is
 * needed to test their creation.
 */
export function endpointTargets(cluster: string): string[] {
  const endpoint = ["ApiEndpoint", "FloatingIp", "RecordSet"].map((type) => `**:${type}::${cluster}-api`);
  const before = ["fixed", "pki**", "leftovers", "ssh**"].map((name) => `**::${cluster}-${name}`);
  return [`**:KubernetesCluster::${cluster}`, ...before, `**::${cluster}-network**`, ...endpoint];
}
