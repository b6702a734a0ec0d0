import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { type Cluster, configure, createCluster, destroy, resourcesOf, up } from "../support/cluster.ts";
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

it("removes what a killed run made that did not write its state, and makes everything once", async () => {
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

/** Ids of the cluster's servers that Pulumi does not know; throws while there are none. */
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
