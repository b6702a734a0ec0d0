import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import type { HealResult } from "../../../operations/heal/result.ts";
import { type Cluster, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { caravan, heal as healOf, SETTLING_SECONDS, short } from "../support/heal.ts";
import { asAdministrator, openstack } from "../support/openstack.ts";

const STACK = "e2e-heal";
const CONTROL_PLANE = `${STACK}-control-plane-0`;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(STACK, 4, { "caravan:pools": { default: { count: 3, machine: { image: "node", flavor: "node.small" } } } });
  // No server is judged that is younger than five minutes.
  await setTimeout(SETTLING_SECONDS * 1000);
}, 1_500_000);
afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

const heal = (...options: string[]) => healOf(cluster, ...options);
const server = (...command: string[]) => onDevcloud(["openstack", "server", ...command], { deadline: 120 });
const uids = () => uidsOf(cluster);
const nameOf = (nodes: Record<string, string>, key: string) =>
  Object.keys(nodes).find((name) => name.startsWith(`${STACK}-default-${key}-`))!;

/** Heals until a machine is replaced: Kubernetes notices a silent kubelet after 50 seconds, and a minute must pass then. */
async function healUntilReplaced(name: string, seconds = 300): Promise<HealResult> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await heal();
    if (result.runs.length > 0 || Date.now() > deadline) {
      expect(short(result)).toEqual({ stopped: 0, replaced: [name], runs: [name], exitCode: 0 });
      return result;
    }
    await setTimeout(5000);
  }
}

/** Checks that one node has a successor, and that all others are the same. */
async function expectReplaced(before: Record<string, string>, lost: string): Promise<void> {
  await waitForNodes(cluster.kubectl, 4);
  const after = await uids();
  expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([lost]);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
}

it("finds nothing to heal in a healthy cluster, and changes nothing", async () => {
  const before = await uids();
  expect(short(await heal())).toEqual({ stopped: 0, replaced: [], runs: [], exitCode: 0 });
  expect(await uids()).toEqual(before);
});

it("replaces a worker that is off, whose pods run again within six minutes", async () => {
  await cluster.kubectl(["create", "deployment", "spread", "--image=registry.k8s.io/pause:3.10.2", "--replicas=6"]);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
  const before = await uids();
  const lost = nameOf(before, "0");
  const began = Date.now();
  await server("stop", lost);
  const { runs } = await healUntilReplaced(lost);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=180s"]);
  const minutes = (Date.now() - began) / 60_000;
  console.log(`worker off: pods run again after ${minutes.toFixed(1)} min; the replacement took ${runs[0]!.seconds} s`);
  expect(minutes).toBeLessThan(6);
  await expectReplaced(before, lost);
});

it("plans for a worker in ERROR, and replaces it", async () => {
  const before = await uids();
  const failed = nameOf(before, "1");
  const { id } = await openstack<{ id: string }>(["server", "show", failed]);
  await asAdministrator(["server", "set", "--state", "error", id]);
  expect(short(await heal("--plan"))).toEqual({ stopped: 0, replaced: [failed], runs: [], exitCode: 1 });
  expect(await uids()).toEqual(before);
  await healUntilReplaced(failed);
  await expectReplaced(before, failed);
});

it("replaces a worker that was deleted in OpenStack once, by one of two healings at once", async () => {
  const before = await uids();
  const lost = nameOf(before, "2");
  await server("delete", "--wait", lost);
  const both = await Promise.all([heal(), heal()]);
  expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 3]);
  expect(short(both.find(({ exitCode }) => exitCode === 0)!)).toEqual({ stopped: 0, replaced: [lost], runs: [lost], exitCode: 0 });
  await expectReplaced(before, lost);
});

it("replaces a worker by its name on demand", async () => {
  const before = await uids();
  const chosen = nameOf(before, "0");
  expect(await caravan(cluster, "replace-node", STACK, chosen)).toMatchObject({ plan: { name: chosen, role: "worker", risks: [] } });
  await expectReplaced(before, chosen);
});

it("does nothing when more than 40 % of a pool are off, and says why", async () => {
  // All are judged.
  await setTimeout(SETTLING_SECONDS * 1000);
  const nodes = await uids();
  const off = ["0", "1"].map((key) => nameOf(nodes, key));
  await server("stop", ...off);
  await setTimeout(120_000);
  const result = await heal();
  expect(short(result)).toEqual({ stopped: 0, replaced: [], runs: [], exitCode: 1 });
  expect(result.plan.told.map(({ object }) => object.name).sort()).toEqual(off.toSorted());
  await server("start", ...off);
  await waitForNodes(cluster.kubectl, 4);
  expect(await uids()).toEqual(nodes);
});

it("does nothing while the API does not answer, and replaces no only control plane", async () => {
  const endpoint = await stackOutput<string>(cluster.stack, "endpoint");
  await server("stop", CONTROL_PLANE);
  const result = await heal();
  expect(short(result)).toMatchObject({ replaced: [], runs: [], exitCode: 2 });
  expect(result.plan.stopped[0]).toContain(endpoint);
  await server("start", CONTROL_PLANE);
  await waitForNodes(cluster.kubectl, 4);
});
