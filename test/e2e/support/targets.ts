/** URNs of a cluster's network and of all that it depends on: no machine is needed to see how it is made. */
export function networkTargets(cluster: string): string[] {
  return [`**:KubernetesCluster::${cluster}`, `**::${cluster}-fixed`, `**::${cluster}-pki**`, `**::${cluster}-network**`];
}

/** Those, the API's address and its DNS record, without its association. */
export function endpointTargets(cluster: string): string[] {
  const endpoint = ["ApiEndpoint", "FloatingIp", "RecordSet"].map((type) => `**:${type}::${cluster}-api`);
  return [...networkTargets(cluster), ...endpoint];
}
