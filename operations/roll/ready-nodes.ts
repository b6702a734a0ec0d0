import { setTimeout } from "node:timers/promises";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { isReady, type NodeObject } from "../../lib/health/kubernetes-objects.ts";
import { batchLabels } from "../../lib/pool/rules.ts";
import { reasonOf } from "../../lib/reason.ts";
import type { StateServer } from "../machines/state-servers.ts";
import type { PoolRollout } from "./rollouts.ts";

/** Minutes for which Nodes are waited for: new ones may still pull images, and others come back. */
export const READY_MINUTES = 10;

/** Seconds between two looks. */
const PAUSE_SECONDS = 5;

/** Most Nodes that a message names. */
const NAMED = 5;

export interface AwaitReadyOptions {
  onMessage: (message: string) => void;
  /** Requires a Node of each machine, too: before the first run, machines may be left that have never joined. */
  everyMachine: boolean;
  /** Waits. */
  wait?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/**
 * Waits until all Nodes of pools are Ready, as the API says.
 * @param servers servers of the cluster in the state
 * @throws when some are not after ten minutes, or the API does not answer
 */
export async function awaitReady(
  kubernetes: Kubernetes,
  servers: readonly StateServer[],
  rollouts: readonly PoolRollout[],
  { onMessage, everyMachine, wait = setTimeout }: AwaitReadyOptions,
): Promise<void> {
  const tries = (READY_MINUTES * 60) / PAUSE_SECONDS;
  for (let left = tries; ; left -= 1) {
    const obstacle = await obstacleIn(kubernetes, everyMachine ? servers : [], rollouts);
    if (obstacle === undefined) return;
    if (left === 0)
      throw new Error(
        `no further machine is replaced: ${obstacle}, after ${READY_MINUTES} minutes; \`npx caravan health\` says what is wrong, then call this again`,
      );
    if (left === tries) onMessage(`waits up to ${READY_MINUTES} minutes: ${obstacle}`);
    await wait(PAUSE_SECONDS * 1000);
  }
}

/** Returns what stands against the next step; `undefined` when nothing does. */
async function obstacleIn(
  kubernetes: Kubernetes,
  servers: readonly StateServer[],
  rollouts: readonly PoolRollout[],
): Promise<string | undefined> {
  try {
    for (const { pool, component } of rollouts) {
      const [label] = Object.entries(batchLabels(pool, ""));
      const nodes = await kubernetes.list<NodeObject>("/api/v1/nodes", label!.join("="));
      const names = new Set(nodes.map(({ metadata }) => metadata.name));
      const without = servers.flatMap(({ name, pool: own }) => (own === component && !names.has(name) ? [name] : []));
      const unready = nodes.flatMap((node) => (isReady(node) ? [] : [node.metadata.name]));
      const obstacles = [...named(unready, "not Ready"), ...named(without, "not there")];
      if (obstacles.length > 0) return `Nodes of pool ${pool} are ${obstacles.join(", and ")}`;
    }
    return undefined;
  } catch (error) {
    return `the Kubernetes API does not answer: ${reasonOf(error)}`;
  }
}

function named(nodes: readonly string[], what: string): string[] {
  if (nodes.length === 0) return [];
  const rest = nodes.length > NAMED ? `, and ${nodes.length - NAMED} more` : "";
  return [`${what} (${[...nodes].sort().slice(0, NAMED).join(", ")}${rest})`];
}
