import { setTimeout } from "node:timers/promises";
import type { Kubectl } from "./kubectl.ts";

/** What of a Node object is looked at. */
export interface Node {
  metadata: { name: string; uid: string; labels: Record<string, string> };
  spec: { taints?: { key: string; effect: string; value?: string }[]; unschedulable?: boolean };
  status: { conditions: { type: string; status: string }[]; nodeInfo: { kubeletVersion: string; machineID: string } };
}

/** The nodes of a cluster, in order of name. */
export async function listNodes(kubectl: Kubectl): Promise<Node[]> {
  const { items } = JSON.parse(await kubectl(["get", "nodes", "--output", "json"])) as { items: Node[] };
  return items.sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

/** Waits until a cluster has exactly so many nodes and all are ready; its API may be away meanwhile. */
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
  return `${nodes.length - waiting.length} of ${nodes.length} are, not ${waiting.join(", ") || "there"}`;
}

/** Kubernetes takes the taint of a node that is not ready away a little after the node is, and Cilium its own when its agent runs there. */
function isReady({ spec, status }: Node): boolean {
  const tainted = spec.taints?.some(({ key }) => /^node\.(kubernetes|cilium)\.io\//.test(key));
  return !tainted && status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
