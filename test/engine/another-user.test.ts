import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { objectsOf } from "../fake-openstack/inventory.ts";
import { EngineStack } from "./engine-stack.ts";

const INSTANCE = "openstack:compute/instance:Instance";
const cloud = new FakeCloud();
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { config: { "scale:controlPlanes": 1, "scale:workers": 2 } });
  await stack.up();
  // From here on, a colleague or a CI account with the same state.
  cloud.keystone.userId = randomUUID();
}, 240_000);
afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

const idOf = (node: string) => cloud.nova.servers.store.all.find(({ name }) => name.startsWith(node))!.id;
const names = () => cloud.nova.servers.store.all.map(({ name }) => name.replace(/-[0-9a-f]{7}$/, "")).sort();

it("lets another user of the project add a machine and replace others, and keeps the rest", async () => {
  const kept = idOf("scale-workers-0");
  await stack.configure({ "scale:controlPlanes": 1, "scale:workers": 3 });
  const urns = await Promise.all(["scale-control-plane-0", "scale-workers-1"].map((name) => stack.urn(INSTANCE, name)));
  await stack.up(urns.flatMap((urn) => ["--replace", urn]));
  expect(names()).toEqual(["scale-control-plane-0", "scale-workers-0", "scale-workers-1", "scale-workers-2"]);
  expect(idOf("scale-workers-0")).toBe(kept);
}, 240_000);

it("lets another user destroy the cluster", async () => {
  await stack.destroy();
  expect(Object.entries(objectsOf(cloud)).filter(([, count]) => count > 0)).toEqual([]);
}, 240_000);
