import { setTimeout } from "node:timers/promises";
import type { Kubectl } from "./kubectl.ts";

/** Node object, with the fields that are used here. */
export interface Node {
  metadata: { name: string; uid: string; labels: Record<string, string> };
  spec: { taints?: { key: string; effect: string; value?: string }[]; unschedulable?: boolean };
  status: { conditions: { type: string; status: string }[]; nodeInfo: { kubeletVersion: string; machineID: string } };
}

/** Lists the nodes of a cluster by name. */
export async function listNodes(kubectl: Kubectl): Promise<Node[]> {
  const { items } = JSON.parse(await kubectl(["get", "nodes", "--output", "json"])) as { items: Node[] };
  return items.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** Waits until a cluster has exactly this number of nodes and all are ready. Its API may be unreachable meanwhile. */
export async function waitForNodes(kubectl: Kubectl, count: number, seconds = 180): Promise<Node[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const last = Date.now() > deadline;
    try {
      const nodes = await listNodes(kubectl);
      if (nodes.length === count && nodes.every(isReady)) return nodes;
      if (last) throw new Error(`expected ${count} ready nodes within ${seconds} s; ${describe(nodes)}`);
    } catch (error) {
      if (last) throw error;
    }
    await setTimeout(1000);
  }
}

function describe(nodes: readonly Node[]): string {
  const waiting = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  return `${nodes.length - waiting.length} of ${nodes.length} are ready${waiting.length > 0 ? `, not ready: ${waiting.join(", ")}` : ""}`;
}

/**
 * Returns whether a node is ready and has no taint of one that is not. Kubernetes removes its taint a little later than the node becomes
 * ready, and Cilium removes its own when its agent runs there.
 */
function isReady({ spec, status }: Node): boolean {
  const tainted = spec.taints?.some(({ key }) => /^node\.(kubernetes|cilium)\.io\//.test(key));
  return !tainted && status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
