import { createHash } from "node:crypto";
import { certificatesIn } from "../pki/pem.ts";
import { mergeValues } from "./helm-chart.ts";

/** Facts about a cluster that Cilium needs. */
export interface CiliumFacts {
  /** Name of the cluster. */
  clusterName: string;
  /** Host at which nodes reach the API. Cilium replaces kube-proxy, so it cannot use the Service. */
  apiHost: string;
  apiPort: number;
  /** Number of nodes over which the operator's replicas can spread. */
  nodes: number;
  /** URLs of an etcd that keeps Cilium's state. @default Cilium keeps it in custom resources */
  etcdEndpoints?: readonly string[];
  /** CAs of that etcd. @default it was never rotated */
  etcdAuthority?: EtcdAuthorityFacts;
}

/** CAs that Cilium's pods trust for their etcd. */
export interface EtcdAuthorityFacts {
  /** Certificates, PEM, that of the CA in use first. */
  ca: string;
  /** Generation of the CA in use. */
  caGeneration: number;
}

/** Longest cluster name that Cilium accepts (its chart's validation). */
export const LONGEST_CLUSTER_NAME = 32;

/** Secret from which Cilium's chart reads the certificates for its etcd. */
export const ETCD_SECRET = { name: "cilium-etcd-secrets", namespace: "kube-system" } as const;

/** Validity of Hubble's CA and certificate in days, as long as that of the cluster's own CAs. The chart's are 3 years and one. */
const HUBBLE_DAYS = 3650;

/** Makes the library's Helm values for Cilium: kube-proxy replacement, VXLAN, addresses from each Node's podCIDR. */
export function ciliumValues({ clusterName, apiHost, apiPort, nodes, etcdEndpoints, etcdAuthority }: CiliumFacts): Record<string, unknown> {
  return {
    cluster: { name: clusterName.slice(0, LONGEST_CLUSTER_NAME).replace(/-+$/, "") },
    k8sServiceHost: apiHost,
    k8sServicePort: apiPort,
    kubeProxyReplacement: "true",
    // Cilium's own pool is 10.0.0.0/8, which overlaps most private networks.
    ipam: { mode: "kubernetes" },
    k8s: { requireIPv4PodCIDR: true },
    ...(etcdEndpoints === undefined ? customResources : kvstore(etcdEndpoints)),
    ...mergeValues({ operator: { replicas: Math.min(2, Math.max(1, nodes)) } }, restartOf(etcdAuthority)),
    // The chart makes Hubble's CA and certificate once, and renews them only when it is upgraded.
    hubble: { tls: { auto: { certValidityDuration: HUBBLE_DAYS } } },
    tls: { ca: { certValidityDuration: HUBBLE_DAYS } },
  };
}

/**
 * Returns values by which pods start again at each step of a rotation of their etcd's CA: they read the CAs that they trust only at their
 * start. Nothing for a CA that was never rotated.
 */
function restartOf(authority: EtcdAuthorityFacts | undefined): Record<string, unknown> {
  if (!authority || (authority.caGeneration === 1 && certificatesIn(authority.ca).length < 2)) return {};
  const podAnnotations = { "caravan.dev/etcd-authority": createHash("sha256").update(authority.ca).digest("hex").slice(0, 16) };
  return { podAnnotations, operator: { podAnnotations } };
}

const customResources = { ciliumEndpointSlice: { enabled: true } };

function kvstore(endpoints: readonly string[]) {
  return {
    identityAllocationMode: "kvstore",
    etcd: { enabled: true, ssl: true, endpoints },
    // Agents exchange endpoints through etcd. Custom resources of them would only add writes to the API, which etcd should relieve.
    disableEndpointCRD: true,
  };
}

/** Makes the Secret's data: the certificates for Cilium's etcd, by the names that its chart expects. */
export function etcdSecretData(ca: string, client: { certificate: string; privateKey: string }): Record<string, string> {
  const files = { "etcd-client-ca.crt": ca, "etcd-client.crt": client.certificate, "etcd-client.key": client.privateKey };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]));
}
