import { setTimeout as delay } from "node:timers/promises";
import { hollowNode } from "../../hollow-nodes/hollow-node.ts";
import type { KubernetesApi } from "../../hollow-nodes/kubernetes-api.ts";

/** Seconds for all Nodes to be ready and schedulable. */
const DEADLINE = 900;

/** Seconds from the first request until all Nodes existed, were ready, and had lost the taints of new Nodes. */
export interface NodeTimes {
  created: number;
  ready: number;
  schedulable: number;
}

interface Node {
  spec: { taints?: { key: string }[] };
  status: { conditions?: { type: string; status: string }[] };
}

/** Creates hollow workers beside the existing control plane, and waits until pods can be scheduled on all of them. */
export async function makeNodes(client: KubernetesApi, nodes: number): Promise<NodeTimes> {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 100) / 10;
  const workers = Array.from({ length: nodes - 1 }, (_, index) => hollowNode({ name: `worker-${index}`, address: workerAddress(index) }));
  await Promise.all(workers.map((worker) => client.create("/api/v1/nodes", worker)));
  const created = seconds();
  let ready: number | undefined;
  for (;;) {
    const { items } = await client.get<{ items: Node[] }>("/api/v1/nodes");
    const readyNodes = items.filter(isReady);
    if (readyNodes.length === nodes) ready ??= seconds();
    if (ready !== undefined && !items.some(isNew)) return { created, ready, schedulable: seconds() };
    if (seconds() > DEADLINE) throw new Error(`${readyNodes.length} of ${nodes} nodes are ready after ${DEADLINE} s`);
    await delay(1_000);
  }
}

/** Returns an address after those of control planes, in the network of the namespace. */
function workerAddress(index: number): string {
  return `10.64.${Math.floor(index / 250) + 1}.${(index % 250) + 1}`;
}

function isReady({ status }: Node): boolean {
  return status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;
}

/** Returns whether a Node still has the taint with which it was created. The controller manager removes it at the rate of its client. */
function isNew({ spec }: Node): boolean {
  return spec.taints?.some(({ key }) => key.startsWith("node.kubernetes.io/")) ?? false;
}
