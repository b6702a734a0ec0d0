import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up, urnOf } from "../support/cluster.ts";
import { asAdministrator, openstack } from "../support/openstack.ts";

const STACK = "e2e-lost";
const CONTROL_PLANE = `${STACK}-control-plane-0`;
const UP = ["up", "--yes", "--skip-preview"];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(STACK, 3);
});
afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

const uids = () => uidsOf(cluster);

const nameOf = (nodes: Record<string, string>, key: string) =>
  Object.keys(nodes).find((name) => name.startsWith(`${STACK}-default-${key}-`))!;

/** Runs `pulumi up`. Returns its output and its seconds. */
async function timedUp(): Promise<{ output: string; seconds: number }> {
  const started = Date.now();
  const output = await pulumi(cluster.stack, UP, { deadline: 600 });
  return { output, seconds: (Date.now() - started) / 1000 };
}

async function waitForStatus(name: string, wanted: string): Promise<void> {
  for (let tries = 60; ; tries--) {
    const { status } = await openstack<{ status: string }>(["server", "show", name]);
    if (status === wanted) return;
    if (tries === 0) throw new Error(`server ${name} is ${status}, not ${wanted}`);
    await setTimeout(2000);
  }
}

it("trusted no SSH host key: all of them came from the machines' consoles", () => {
  expect(cluster.output).not.toContain("SSH host keys trusted");
});

it("recreates a worker at once whose server was deleted outside of Pulumi, without a wait for the drain", async () => {
  await cluster.kubectl(["create", "deployment", "spread", "--image=registry.k8s.io/pause:3.10.2", "--replicas=6"]);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
  const before = await uids();
  const lost = nameOf(before, "0");
  await onDevcloud(["openstack", "server", "delete", "--wait", lost], { deadline: 120 });

  const { output, seconds } = await timedUp();
  expect(output).toMatch(new RegExp(`warning: worker ${lost} \\(\\S+\\): OpenStack has no such server any more; this run recreates it`));
  expect(seconds).toBeLessThan(200);
  await waitForNodes(cluster.kubectl, 3);
  const after = await uids();
  expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([lost]);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=180s"]);
  await cluster.kubectl(["delete", "deployment", "spread"]);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("recreates a worker whose server is in ERROR in Nova, after it has drained the node", async () => {
  const before = await uids();
  const failed = nameOf(before, "1");
  const { id } = await openstack<{ id: string }>(["server", "show", failed]);
  await asAdministrator(["server", "set", "--state", "error", id]);
  const { output } = await timedUp();
  expect(output).toMatch(new RegExp(`warning: worker ${failed} \\(\\S+\\): does not run, OpenStack says ERROR; this run recreates it`));
  await waitForNodes(cluster.kubectl, 3);
  const after = await uids();
  expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([failed]);
});

it("names the fix for a stopped control plane at once, and continues after it", async () => {
  await onDevcloud(["openstack", "server", "stop", CONTROL_PLANE], { deadline: 60 });
  await waitForStatus(CONTROL_PLANE, "SHUTOFF");
  const { id } = await openstack<{ id: string }>(["server", "show", CONTROL_PLANE]);
  const urn = await urnOf(cluster.stack, "openstack:compute/instance:Instance", CONTROL_PLANE);
  const advice = `does not run, OpenStack says SHUTOFF; have it run with \`openstack server start ${id}\`, or replace it with \`pulumi up --replace '${urn}'\``;

  await configure(STACK, { "caravan:sysctls": { "vm.max_map_count": 262145 } });
  const started = Date.now();
  const failure = await failureOf(pulumi(cluster.stack, UP, { deadline: 600 }));
  expect((Date.now() - started) / 1000).toBeLessThan(120);
  expect(failure).toContain(`warning: control plane ${CONTROL_PLANE} (${id}): ${advice}`);
  expect(failure.split(advice).length).toBeGreaterThan(2);

  await onDevcloud(["openstack", "server", "start", CONTROL_PLANE], { deadline: 60 });
  await waitForStatus(CONTROL_PLANE, "ACTIVE");
  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 3);
});
