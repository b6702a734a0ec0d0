import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import type { Roll } from "../../../operations/roll/roll.ts";
import { type Cluster, configure, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { caravan } from "../support/heal.ts";
import { copyNodeImage, removeImages } from "../support/image-copy.ts";
import { inventory, openstack } from "../support/openstack.ts";

// A pool of three gets another image, one machine in a run, while its pods go on.
const STACK = "e2e-pool-image";
const CONTROL_PLANE = `${STACK}-control-plane-0`;
const COPY = "node-copy";

let cluster: Cluster;
let copy: string;

const settings = (image: string) => ({
  "caravan:pools": { default: { count: 3, machine: { image, flavor: "node.small" }, upgrade: { maxSurge: 1 } } },
});

beforeAll(async () => {
  copy = await copyNodeImage(COPY);
  cluster = await createCluster(STACK, 4, settings("node"));
  for (const object of [deployment(), budget()]) await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(object) });
  await cluster.kubectl(["rollout", "status", "deployment/web", "--timeout=180s"], { deadline: 200 });
}, 1_500_000);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await removeImages(COPY);
});

/** Returns the workers with the copy by their keys, and all keys. */
async function workers(): Promise<{ copied: string; all: string }> {
  const names = (await inventory(STACK)).server!.filter((name) => name !== CONTROL_PLANE);
  const images = await Promise.all(names.map(async (name) => [name.split("-").at(-2)!, await imageOf(name)] as const));
  const keysOf = (isWanted: (image: string) => boolean) =>
    images
      .flatMap(([key, image]) => (isWanted(image) ? key : []))
      .sort()
      .join("");
  return { copied: keysOf((image) => image.includes(copy)), all: keysOf(() => true) };
}

async function imageOf(server: string): Promise<string> {
  return JSON.stringify((await openstack<{ image: unknown }>(["server", "show", server])).image);
}

/** Watches the number of workers' machines and of pods that are available while something is done. */
async function watched<T>(work: Promise<T>): Promise<{ result: T; most: number; available: number }> {
  const seen: { machines: number; available: number }[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const [{ server }, available] = await Promise.all([
        inventory(STACK),
        cluster.kubectl(["get", "deployment", "web", "-o", "jsonpath={.status.availableReplicas}"]),
      ]);
      seen.push({ machines: server!.filter((name) => name !== CONTROL_PLANE).length, available: Number(available) });
      await setTimeout(1000);
    }
  })();
  const result = await work.finally(() => {
    isOver = true;
  });
  await watching;
  const most = Math.max(...seen.map(({ machines }) => machines));
  return { result, most, available: Math.min(...seen.map((each) => each.available)) };
}

it("replaces one machine in a run, says what is left, and drains no other", async () => {
  await configure(STACK, settings(COPY));
  const before = await uidsOf(cluster);
  const left = "pool default: 1 of 3 machines have the new image after this run; run `pulumi up` again";
  expect(await pulumi(cluster.stack, ["preview"], { deadline: 300 })).toContain(left);
  const { result, most, available } = await watched(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 900 }));
  expect(result).toContain(left);
  expect([most, await workers()]).toEqual([4, { copied: "0", all: "012" }]);
  expect(available).toBeGreaterThanOrEqual(2);
  await waitForNodes(cluster.kubectl, 4);
  const after = await uidsOf(cluster);
  expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual([expect.stringMatching(`^${STACK}-default-0-`)]);
});

it("tells the steps that are left, takes them with never more than one further machine, and has nothing to do then", async () => {
  const steps = [[`${STACK}-default-1`], [`${STACK}-default-2`]];
  const rollouts = [{ pool: "default", component: `${STACK}-default`, steps }];
  expect(await caravan<Roll>(cluster, "roll", STACK, "--plan")).toEqual({ rollouts, runs: 0 });
  const { result, most, available } = await watched(caravan<Roll>(cluster, "roll", STACK));
  expect(result).toEqual({ rollouts, runs: 2 });
  expect([most, await workers()]).toEqual([4, { copied: "012", all: "012" }]);
  expect(available).toBeGreaterThanOrEqual(2);
  await waitForNodes(cluster.kubectl, 4);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  expect(await caravan<Roll>(cluster, "roll", STACK)).toEqual({ rollouts: [], runs: 0 });
});

/** Three pods, of which two must be available. */
function deployment() {
  const labels = { app: "web" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: "web", image: "registry.k8s.io/pause:3.10.2" }] },
      },
    },
  };
}

function budget() {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { selector: { matchLabels: { app: "web" } }, minAvailable: 2 },
  };
}
