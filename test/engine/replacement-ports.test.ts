import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { commandEngine } from "../../operations/engine/command-engine.ts";
import { prepareReplacement } from "../../operations/replacement/replace-machines.ts";
import { exportStack } from "../../operations/state/stack-export.ts";
import { nameOf, resourcesOf } from "../../operations/state/stack-state.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

/** The same with workers in an existing network, whose ports are made before them. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2 } });
const SERVER = "openstack:compute/instance:Instance";
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  const { networks } = cloud.neutron;
  const network = networks.networks.add(networks.makeNetwork({ name: "company" }));
  const subnet = networks.subnets.add(networks.makeSubnet({ network_id: network.id, cidr: "10.40.0.0/16" }));
  const config = { "heal:controlPlanes": 1, "heal:workers": 2, "heal:adopt": { networkId: network.id, subnetId: subnet.id } };
  stack = await EngineStack.create(cloud, { program: { name: "heal", folder: "test/engine/programs/replacement" }, config });
  await stack.up();
  for (const [name, value] of Object.entries(stack.place.environment)) vi.stubEnv(name, value);
}, 600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack?.remove();
  cloud.stop();
});

it("replaces a worker with its port", async () => {
  const { workDir, stack: name } = stack.place;
  const resources = async () => resourcesOf(await exportStack(name, true, workDir));
  const before = await resources();
  const server = before.find(({ type, urn }) => type === SERVER && nameOf(urn) === "heal-web-1")!;
  const steps: string[] = [];
  const machine = { urn: server.urn, id: server.id!, name: String(server.outputs!.name) };
  await (await prepareReplacement(commandEngine(name, workDir), before, [machine])).run(({ resource, step }) =>
    steps.push(`${resource}: ${step}`),
  );
  expect(steps).toEqual([
    "heal-web-1: new port made",
    "heal-web-1: new server made",
    "heal-web-contact-0: contacted",
    "heal-web-join-0: new workers joined, and former ones drained and removed",
    "heal-web-1: old server deleted",
    "heal-web-1: old port deleted",
  ]);
  const ids = new Map(before.map(({ urn, id }) => [urn, id]));
  const replaced = (await resources())
    .filter(({ urn, id }) => ids.get(urn) !== id)
    .map(({ type, urn }) => `${type.split(":").at(-1)} ${nameOf(urn)}`);
  expect(replaced).toEqual(["Port heal-web-1", "Instance heal-web-1"]);
  expect(await stack.command(["up", "--yes", "--skip-preview"])).toMatch(/Resources:\n +\d+ unchanged\n/);
}, 300_000);
