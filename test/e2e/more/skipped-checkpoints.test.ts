import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, resourcesOf, up } from "../support/cluster.ts";
import { killUpAt } from "../support/interruption.ts";
import { openstack } from "../support/openstack.ts";

const CLUSTER = "e2e-skipped";
const INSTANCE = "openstack:compute/instance:Instance";
const pools = (count: number) => ({ "caravan:pools": { default: { count, machine: { image: "node", flavor: "node.small" } } } });

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(CLUSTER, 2, pools(1));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  if (cluster) await destroy(cluster.stack);
});

it("removes the orphans of a killed run that did not write its state, and creates everything once", async () => {
  vi.stubEnv("PULUMI_SKIP_CHECKPOINTS", "true");
  await configure(CLUSTER, pools(3));
  const known = await servers();
  await killUpAt(cluster.stack, "Instance");
  expect((await resourcesOf(cluster.stack)).filter(({ type }) => type === INSTANCE)).toHaveLength(2);
  const lost = await vi.waitFor(lostServers, { timeout: 30_000, interval: 1_000 });

  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 4);
  const there = await servers();
  expect(there).toHaveLength(4);
  expect(there).toEqual(expect.arrayContaining(known));
  expect(there.filter((id) => lost.includes(id))).toEqual([]);
});

it("stops when an old state lacks a worker that has joined, and continues with the right state", async () => {
  const old = await exportState();
  const known = await servers();
  await configure(CLUSTER, pools(4));
  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 5);
  const right = await exportState();
  const [joined] = (await servers()).filter((id) => !known.includes(id));

  await importState(old);
  const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 300 }));
  expect(failure).toMatch(new RegExp(`server \\S+ \\(${joined}\\): it is the Node \\S+ of the cluster`));
  expect(failure).toContain(`CARAVAN_REMOVE_SERVING=${joined}`);
  await waitForNodes(cluster.kubectl, 5);

  await importState(right);
  const { same: _, ...changes } = await up(cluster.stack);
  expect(changes).toEqual({});
});

function exportState(): Promise<string> {
  return pulumi(cluster.stack, ["stack", "export"], { deadline: 60 });
}

async function importState(state: string): Promise<void> {
  const file = join(dataDir, `${CLUSTER}-state.json`);
  await writeFile(file, state, { mode: 0o600 });
  await pulumi(cluster.stack, ["stack", "import", "--file", file], { deadline: 60 });
  await rm(file);
}

/** Lists the ids of the cluster's servers that Pulumi does not know. Throws while none exist. */
async function lostServers(): Promise<string[]> {
  const known = (await resourcesOf(cluster.stack)).map(({ id }) => id);
  const lost = (await servers()).filter((id) => !known.includes(id));
  expect(lost).not.toEqual([]);
  return lost;
}

async function servers(): Promise<string[]> {
  const rows = await openstack<{ ID: string }[]>(["server", "list", "--name", `^${CLUSTER}-`]);
  return rows.map(({ ID }) => ID);
}
