import type { KubernetesApi } from "../kubernetes-api.ts";
import type { Call } from "./answer.ts";
import { deleteNode, drainNode, listNodes, type NodeObject } from "./nodes.ts";
import { applyPoolSettings } from "./pool-settings.ts";

/** Labels and taints of those Nodes of a batch that are wanted; the others are drained beside each other, and deleted. */
export async function reconcilePool({ input, cluster: { administrator }, log }: Call): Promise<void> {
  const { POOL, BATCH, WANTED_NODES = "", DRAIN_SECONDS } = input;
  const wanted = new Set(WANTED_NODES.split(" "));
  const nodes = await listNodes(administrator, `caravan.dev/pool=${POOL},caravan.dev/batch=${BATCH}`);
  const removals = nodes.filter(({ metadata }) => !wanted.has(metadata.name));
  const drains = removals.map((node) => remove(administrator, node, Number(DRAIN_SECONDS), log));
  for (const node of nodes) if (wanted.has(node.metadata.name)) await applyPoolSettings(administrator, node, input);
  await Promise.all(drains);
}

/** Control planes that are not wanted any more go one after another. */
export async function reconcileControlPlanes({ input: { WANTED_NODES = "" }, cluster: { administrator }, log }: Call): Promise<void> {
  const wanted = WANTED_NODES.split(" ");
  for (const node of await listNodes(administrator, "node-role.kubernetes.io/control-plane")) {
    if (!wanted.includes(node.metadata.name)) await remove(administrator, node, 300, log);
  }
}

async function remove(administrator: KubernetesApi, node: NodeObject, drainSeconds: number, log: Call["log"]): Promise<void> {
  await drainNode(administrator, node, drainSeconds);
  await deleteNode(administrator, node.metadata.name);
  log(`drain and delete node ${node.metadata.name}`);
}
