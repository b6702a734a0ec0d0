/** What Cilium has to know of its cluster. */
export interface CiliumFacts {
  /** Name of the cluster. */
  clusterName: string;
  /** Host at which nodes reach the API: Cilium replaces kube-proxy, so it cannot use the Service. */
  apiHost: string;
  apiPort: number;
  /** Number of nodes that the operator's replicas can spread over. */
  nodes: number;
}

/** Longest cluster name that Cilium takes (its chart's validation). */
export const LONGEST_CLUSTER_NAME = 32;

/** The library's Helm values for Cilium: kube-proxy replacement, VXLAN, addresses from each Node's podCIDR, CRD mode with slices. */
export function ciliumValues({ clusterName, apiHost, apiPort, nodes }: CiliumFacts): Record<string, unknown> {
  return {
    cluster: { name: clusterName.slice(0, LONGEST_CLUSTER_NAME).replace(/-+$/, "") },
    k8sServiceHost: apiHost,
    k8sServicePort: apiPort,
    kubeProxyReplacement: "true",
    // Cilium's own pool is 10.0.0.0/8, which overlaps most private networks.
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    ciliumEndpointSlice: { enabled: true },
    operator: { replicas: Math.min(2, Math.max(1, nodes)) },
  };
}

/** Values with others laid over them: objects are merged, everything else is replaced. */
export function mergeValues(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? mergeValues(before, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
