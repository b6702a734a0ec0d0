import { parse } from "yaml";
import { type HttpRequest, send } from "./openstack/transport.ts";

/** A Node of Kubernetes; only what is read here. */
export interface KubernetesNode {
  metadata: { name: string };
  spec?: { providerID?: string };
}

/** Seconds for an answer, and Nodes in one. */
const SECONDS = 15;
const PAGE = 250;

interface Kubeconfig {
  clusters?: { cluster: { server: string; "certificate-authority-data": string } }[];
  users?: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

/** The Nodes of the cluster that a kubeconfig of this library leads to. Errors name neither its keys nor its certificates. */
export async function kubernetesNodes(kubeconfig: string): Promise<KubernetesNode[]> {
  const { clusters: [{ cluster } = {}] = [], users: [{ user } = {}] = [] } = parse(kubeconfig) as Kubeconfig;
  if (!cluster || !user) throw new Error("the state's kubeconfig has no cluster or user");
  const decoded = (text: string) => Buffer.from(text, "base64");
  const tls = {
    ca: decoded(cluster["certificate-authority-data"]),
    cert: decoded(user["client-certificate-data"]),
    key: decoded(user["client-key-data"]),
    rejectUnauthorized: true,
  };
  const nodes: KubernetesNode[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(next ? { continue: next } : {}) });
    const request: HttpRequest = { method: "GET", url: `${cluster.server}/api/v1/nodes?${query}` };
    const { status, text } = await send(request, tls, SECONDS);
    if (status !== 200) throw new Error(`GET ${cluster.server}/api/v1/nodes: ${status}`);
    const { items = [], metadata } = JSON.parse(text) as { items?: KubernetesNode[]; metadata?: { continue?: string } };
    nodes.push(...items);
    next = metadata?.continue || undefined;
  }
  return nodes;
}
