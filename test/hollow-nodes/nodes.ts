import { setTimeout as sleep } from "node:timers/promises";
import { ApiRefusal, type KubernetesApi } from "./kubernetes-api.ts";

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface NodeObject {
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { providerID?: string; taints?: Taint[] };
  status: { conditions?: { type: string; status: string }[] };
}

interface Pod {
  metadata: { name: string; namespace: string; ownerReferences?: { kind: string }[]; annotations?: Record<string, string> };
}

export function nodePath(name: string): string {
  return `/api/v1/nodes/${name}`;
}

/** Lists the Nodes that match a label selector. */
export async function listNodes(api: KubernetesApi, labelSelector = ""): Promise<NodeObject[]> {
  const { items } = await api.get<{ items: NodeObject[] }>("/api/v1/nodes", { labelSelector });
  return items;
}

export function isReady({ status }: NodeObject): boolean {
  return status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

/** Does `kubectl cordon` and, when the node is ready, `kubectl drain --ignore-daemonsets --delete-emptydir-data --force`. */
export async function drainNode(api: KubernetesApi, node: NodeObject, seconds: number): Promise<void> {
  const { name } = node.metadata;
  await api.patch(nodePath(name), { spec: { unschedulable: true } });
  if (!isReady(node)) return;
  const deadline = Date.now() + seconds * 1000;
  for (let pods = await podsToEvict(api, name); pods.length > 0; pods = await podsToEvict(api, name)) {
    if (Date.now() > deadline) throw new Error(`${pods.length} pods of ${name} are not gone after ${seconds} s`);
    for (const pod of pods) await evict(api, pod);
    await sleep(1000);
  }
}

export async function deleteNode(api: KubernetesApi, name: string): Promise<void> {
  await api.send("DELETE", nodePath(name), {});
}

async function podsToEvict(api: KubernetesApi, node: string): Promise<Pod[]> {
  const { items } = await api.get<{ items: Pod[] }>("/api/v1/pods", { fieldSelector: `spec.nodeName=${node}` });
  return items.filter(({ metadata: { ownerReferences = [], annotations = {} } }) => {
    return !ownerReferences.some(({ kind }) => kind === "DaemonSet") && !("kubernetes.io/config.mirror" in annotations);
  });
}

/** Evicts a pod. It is no failure when the pod is gone, or when its disruption budget forbids it for now. */
async function evict(api: KubernetesApi, { metadata: { name, namespace } }: Pod): Promise<void> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  await api.send("POST", `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body }).catch((error) => {
    if (!(error instanceof ApiRefusal && [404, 429].includes(error.status))) throw error;
  });
}
