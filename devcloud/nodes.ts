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

/** Waits until a cluster has exactly so many nodes and all are ready. */
export async function waitForNodes(kubectl: Kubectl, count: number, seconds = 180): Promise<Node[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const nodes = await listNodes(kubectl);
    const ready = nodes.filter(isReady);
    if (nodes.length === count && ready.length === count) return nodes;
    if (Date.now() > deadline) {
      const waiting = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
      throw new Error(
        `expected ${count} ready nodes within ${seconds} s; ${ready.length} of ${nodes.length} are, not ${waiting.join(", ") || "there"}`,
      );
    }
    await setTimeout(1000);
  }
}

function isReady({ status }: Node): boolean {
  return status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
