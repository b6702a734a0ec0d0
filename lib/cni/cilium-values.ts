/** What Cilium has to know of its cluster. */
export interface CiliumFacts {
  /** Name of the cluster. */
  clusterName: string;
  /** Host at which nodes reach the API: Cilium replaces kube-proxy, so it cannot use the Service. */
  apiHost: string;
  apiPort: number;
  /** Number of nodes that the operator's replicas can spread over. */
  nodes: number;
  /** URLs of an etcd that keeps Cilium's state. @default none: custom resources keep it */
  etcdEndpoints?: readonly string[];
}

/** Longest cluster name that Cilium takes (its chart's validation). */
export const LONGEST_CLUSTER_NAME = 32;

/** Secret from which Cilium's chart takes the certificates for its etcd. */
export const ETCD_SECRET = { name: "cilium-etcd-secrets", namespace: "kube-system" } as const;

/** The library's Helm values for Cilium: kube-proxy replacement, VXLAN, addresses from each Node's podCIDR. */
export function ciliumValues({ clusterName, apiHost, apiPort, nodes, etcdEndpoints }: CiliumFacts): Record<string, unknown> {
  return {
    cluster: { name: clusterName.slice(0, LONGEST_CLUSTER_NAME).replace(/-+$/, "") },
    k8sServiceHost: apiHost,
    k8sServicePort: apiPort,
    kubeProxyReplacement: "true",
    // Cilium's own pool is 10.0.0.0/8, which overlaps most private networks.
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    ...(etcdEndpoints === undefined ? customResources : kvstore(etcdEndpoints)),
    operator: { replicas: Math.min(2, Math.max(1, nodes)) },
  };
}

const customResources = { ciliumEndpointSlice: { enabled: true } };

function kvstore(endpoints: readonly string[]) {
  return {
    identityAllocationMode: "kvstore",
    etcd: { enabled: true, ssl: true, endpoints },
    // Agents tell each other of endpoints through etcd; as custom resources they would only be written, to the API that etcd is to relieve.
    disableEndpointCRD: true,
  };
}

/** The certificates for Cilium's etcd, by the names that its chart has for them. */
export function etcdSecretData(authority: string, client: { certificate: string; privateKey: string }): Record<string, string> {
  const files = { "etcd-client-ca.crt": authority, "etcd-client.crt": client.certificate, "etcd-client.key": client.privateKey };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]));
}
