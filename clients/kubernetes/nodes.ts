import { clusterAccess } from "./access.ts";
import { Kubernetes } from "./client.ts";

/** A Node of Kubernetes, with only the fields by which the library knows its server. */
export interface KubernetesNode {
  metadata: { name: string };
  spec?: { providerID?: string };
}

/** Timeout of one request in seconds. */
const SECONDS = 15;

/** Lists the Nodes of a kubeconfig's cluster. */
export async function kubernetesNodes(kubeconfig: string): Promise<KubernetesNode[]> {
  return new Kubernetes(clusterAccess(kubeconfig), SECONDS).list("/api/v1/nodes");
}
