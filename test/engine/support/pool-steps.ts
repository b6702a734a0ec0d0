import { setTimeout } from "node:timers/promises";
import type { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import type { EngineStack } from "../engine-stack.ts";

/** Program with one pool, as NodePool makes its machines. */
export const POOL_PROGRAM = { name: "steps", folder: "test/engine/programs/pool" };

/** What a run did. */
export interface PoolRun {
  /** What Pulumi says of the pool, and its counts of changes. */
  said: string[];
  /** Most servers that existed at a time. */
  most: number;
}

/** Runs `pulumi up`, or another command, and counts servers all the time. */
export async function runPool(
  cloud: FakeCloud,
  stack: EngineStack,
  args: readonly string[] = ["up", "--yes", "--skip-preview"],
): Promise<PoolRun> {
  let output = "";
  const most = await mostServers(cloud, async () => {
    output = await stack.command(args);
  });
  const said = output.match(/^ +(warning: pool .*|[+-]{1,2} ?\d+ .*|\d+ unchanged)$/gm) ?? [];
  return { said: said.map((line) => line.trim().replace(/^\d+ unchanged$/, "unchanged")), most };
}

/** Returns the most servers that existed at a time while something was done. */
export async function mostServers(cloud: FakeCloud, work: () => Promise<unknown>): Promise<number> {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      cloud.settle();
      most = Math.max(most, cloud.nova.servers.store.all.length);
      await setTimeout(10);
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
  return most;
}

/** Returns the name of each worker's image by its key. */
export function imagesOf(cloud: FakeCloud): Record<string, string> {
  const names = new Map<string, string>(cloud.glance.images.all.map(({ id, name }) => [id, name]));
  return Object.fromEntries(
    cloud.nova.servers.store.all
      .map(({ name, image }) => [name.split("-")[2]!, names.get(image) ?? "none"])
      .sort(([a], [b]) => a!.localeCompare(b!)),
  );
}
