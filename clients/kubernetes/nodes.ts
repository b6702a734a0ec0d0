import { clusterAccess } from "./access.ts";
import { Kubernetes } from "./client.ts";

/** A Node of Kubernetes, with only the fields that the library reads. */
export interface KubernetesNode {
  metadata: { name: string };
  spec?: { providerID?: string };
}

interface NodeList {
  items: KubernetesNode[];
  metadata?: { continue?: string };
}

/** Timeout of one request in seconds. */
const SECONDS = 15;

/** Nodes in one answer. */
const PAGE = 250;

/** Lists the Nodes of a kubeconfig's cluster, page by page. */
export async function kubernetesNodes(kubeconfig: string): Promise<KubernetesNode[]> {
  const kubernetes = new Kubernetes(clusterAccess(kubeconfig), SECONDS);
  const nodes: KubernetesNode[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const query: URLSearchParams = new URLSearchParams({ limit: String(PAGE), ...(next ? { continue: next } : {}) });
    const list: NodeList | undefined = await kubernetes.get(`/api/v1/nodes?${query}`);
    if (!list) throw new Error("GET /api/v1/nodes: 404; the server of the kubeconfig is no Kubernetes API");
    nodes.push(...list.items);
    next = list.metadata?.continue || undefined;
  }
  return nodes;
}
