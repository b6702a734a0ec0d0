/** Settings of a cluster of which a part can be made: Pulumi makes providers whatever is targeted, and that of a network plugin waits for kubeadm. */
export const TARGETABLE = { "caravan:cni": { type: "none" } };

/**
 * URNs of a cluster's network, of the API's address and DNS record, without its association, and of all that they depend on: no
 * machine is needed to see how they are made.
 */
export function endpointTargets(cluster: string): string[] {
  const endpoint = ["ApiEndpoint", "FloatingIp", "RecordSet"].map((type) => `**:${type}::${cluster}-api`);
  const before = ["fixed", "pki**", "leftovers"].map((name) => `**::${cluster}-${name}`);
  return [`**:KubernetesCluster::${cluster}`, ...before, `**::${cluster}-network**`, ...endpoint];
}
