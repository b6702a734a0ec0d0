import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, type Stack, writeConfig } from "../../../devcloud/stack.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { installExample } from "../../support/packed.ts";
import { type Cluster, configure, createCluster, destroy, up } from "../support/cluster.ts";

const pool: Stack = { name: "e2e-pool-stack", dir: join(dataDir, "e2e-pool-stack") };
const machine = { image: "node", flavor: "node.small" };
let cluster: Cluster;

beforeAll(async () => {
  // The pool has the same name as the other stack's.
  cluster = await createCluster("e2e-pool-cluster", 2, { "caravan:pools": { [pool.name]: { count: 1, machine } } });
  await mkdir(pool.dir, { recursive: true });
  await installExample("pool-stack", pool.dir);
  await scale(1);
  await pulumi(pool, ["stack", "select", "--create"], { deadline: 60 });
});

afterAll(async () => {
  if (!cluster) return;
  await destroy(cluster.stack);
  await rm(pool.dir, { recursive: true, force: true });
});

async function scale(count: number): Promise<void> {
  await writeConfig(pool, {
    "caravan-pool-stack:cluster": `organization/caravan/${cluster.stack.name}`,
    "caravan-pool-stack:image": machine.image,
    "caravan-pool-stack:flavor": machine.flavor,
    "caravan-pool-stack:count": count,
  });
}

async function pools(): Promise<(string | undefined)[]> {
  return (await listNodes(cluster.kubectl)).map(({ metadata }) => metadata.labels["caravan.dev/pool"]).sort();
}

it("adds the workers of another stack to the cluster", async () => {
  await up(pool);
  await waitForNodes(cluster.kubectl, 3);
  expect(await pools()).toEqual([pool.name, pool.name, undefined]);
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});

it("has no changes in either stack's next run", async () => {
  expect(await up(pool)).toEqual({ same: expect.any(Number) });
  expect(await up(cluster.stack)).toEqual({ same: expect.any(Number) });
  expect(await pools()).toEqual([pool.name, pool.name, undefined]);
});

it("removes no node of the other stack's pool of the same name, whichever of them changes", async () => {
  await scale(2);
  await up(pool);
  await waitForNodes(cluster.kubectl, 4);
  await configure(cluster.stack.name, { "caravan:pools": { [pool.name]: { count: 1, machine, labels: { tier: "web" } } } });
  await up(cluster.stack);
  const tiers = (await listNodes(cluster.kubectl)).map(({ metadata }) => metadata.labels.tier).sort();
  expect(tiers).toEqual(["web", undefined, undefined, undefined]);
});

it("keeps the contract, with its keys, as a secret", async () => {
  const exported = await pulumi(pool, ["stack", "export"], { deadline: 60 });
  expect(exported).not.toContain("PRIVATE KEY");
  expect(exported).not.toContain("client-key-data");
});

it("drains the workers and removes them when their stack is destroyed", async () => {
  await pulumi(pool, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 600 });
  await waitForNodes(cluster.kubectl, 2);
  expect(await pools()).toEqual([pool.name, undefined]);
});
