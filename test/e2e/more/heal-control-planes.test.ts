import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { type Cluster, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { heal, SETTLING_SECONDS, short } from "../support/heal.ts";
import { startWriter } from "../support/writer.ts";

const STACK = "e2e-heal-ha";
const [FIRST, SECOND, THIRD] = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`) as [string, string, string];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(STACK, 4, {
    "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
  });
  // No server is judged that is younger than five minutes.
  await setTimeout(SETTLING_SECONDS * 1000);
}, 1_500_000);
afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

const server = (...command: string[]) => onDevcloud(["openstack", "server", ...command], { deadline: 120 });

it("replaces a control plane that is off, while the API serves", async () => {
  const before = await uidsOf(cluster);
  await server("stop", SECOND);
  await setTimeout(120_000);
  await using writer = await startWriter(STACK);
  const result = await heal(cluster);
  const writes = await writer.stop();
  console.log(`control plane off: replaced in ${result.runs[0]?.seconds} s, longest gap of writes ${writes.longestGap} s`);
  expect(short(result)).toEqual({ stopped: 0, replaced: [SECOND], runs: [SECOND], exitCode: 0 });
  await expectNoGap(cluster, writes);
  await waitForNodes(cluster.kubectl, 4);
  const after = await uidsOf(cluster);
  expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([SECOND]);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("does nothing when two of three control planes are off, and says that etcd has no majority", async () => {
  await server("stop", FIRST, THIRD);
  await setTimeout(90_000);
  const result = await heal(cluster);
  expect(short(result)).toMatchObject({ replaced: [], runs: [], exitCode: 2 });
  expect(result.plan.stopped.join("\n")).toContain(`etcd ${STACK}: 2 of 3 members are down (${FIRST}, ${THIRD}), and 2 are needed`);
  await server("start", FIRST, THIRD);
  await waitForNodes(cluster.kubectl, 4);
});
