import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { commandEngine } from "../../../operations/engine/command-engine.ts";
import { EngineStack } from "../../engine/engine-stack.ts";
import { imagesOf, POOL_PROGRAM, runPool } from "../../engine/support/pool-steps.ts";
import { FakeCloud } from "../../fake-openstack/fake-cloud.ts";

/** The same in an existing network, where workers have ports of their own, with volumes, and by a program that does not prepare its runs. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer"] } });
let config: Record<string, unknown>;
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  const { networks } = cloud.neutron;
  const network = networks.networks.add(networks.makeNetwork({ name: "company" }));
  const subnet = networks.subnets.add(networks.makeSubnet({ network_id: network.id, cidr: "10.40.0.0/16" }));
  const adopt = { networkId: network.id, subnetId: subnet.id };
  config = { "steps:count": 3, "steps:maxSurge": 1, "steps:adopt": adopt, "steps:machine": { image: "node" } };
  stack = await EngineStack.create(cloud, { program: POOL_PROGRAM, config });
  await stack.up();
  for (const [name, value] of Object.entries(stack.place.environment)) vi.stubEnv(name, value);
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack?.remove();
  cloud.stop();
});

const run = () => runPool(cloud, stack);
const ids = () => Object.fromEntries(cloud.nova.servers.store.all.map(({ name, id }) => [name.split("-")[2]!, id]));
const changedSince = (before: Record<string, string>) => Object.keys(ids()).filter((key) => ids()[key] !== before[key]);
const volumes = () => Object.fromEntries(cloud.nova.servers.store.all.map((each) => [each.name.split("-")[2]!, each.volumes.length]));
const warning = (what: string, first = "") =>
  `warning: pool web: ${what} after this run${first}; run \`pulumi up\` again, or \`npx caravan roll steps\`, for the next 1`;

it("replaces one machine with its port, and makes new and broken ones as they are wanted at once", async () => {
  const before = ids();
  await stack.configure({ ...config, "steps:machine": { image: "newer" }, "steps:count": 4, "steps:maxSurge": 2 });
  cloud.nova.servers.store.all.find(({ name }) => name.startsWith("steps-web-2-"))!.status = "ERROR";
  const { said, most } = await run();
  expect([said[0], most]).toEqual([warning("3 of 4 machines have the new image", ", in which 1 other replacement comes first"), 6]);
  expect([changedSince(before), imagesOf(cloud)]).toEqual([["0", "2", "3"], { 0: "newer", 1: "node", 2: "newer", 3: "newer" }]);
  expect((await run()).most).toBe(5);
  expect([changedSince(before).length, (await run()).said]).toEqual([4, ["unchanged"]]);
}, 600_000);

it("does so with volumes, also where the program does not prepare its runs, and takes back what is not done", async () => {
  const more = { ...config, "steps:prepared": false };
  const withVolume = { image: "newer", volume: { size: 20 } };
  const before = ids();
  await stack.configure({ ...more, "steps:machine": withVolume });
  expect((await run()).said[0]).toBe(warning("1 of 3 machines have the new volume"));
  expect(changedSince(before)).toEqual(["0"]);
  const half = ids();
  await replaceByName("steps-web-2");
  expect([changedSince(half), volumes()]).toEqual([["2"], { 0: 1, 1: 0, 2: 1 }]);
  // The image is back, and the volume is for all.
  await stack.configure({ ...more, "steps:machine": { ...withVolume, image: "node" } });
  expect((await run()).said[0]).toBe(warning("1 of 3 machines have the new image and volume"));
  await stack.configure({ ...more, "steps:machine": { image: "newer" } });
  expect((await run()).said).toEqual([warning("2 of 3 machines have the new image and volume"), "+-2 replaced"]);
  expect([(await run()).said, volumes(), (await run()).said]).toEqual([["+-2 replaced"], { 0: 0, 1: 0, 2: 0 }, ["unchanged"]]);
}, 600_000);

/** Replaces a machine as a healing does: it gets what is wanted, although it is not its turn. */
async function replaceByName(name: string): Promise<void> {
  const types = ["openstack:networking/port:Port", "openstack:compute/instance:Instance"];
  const [port = "", server = ""] = await Promise.all(types.map((type) => stack.urn(type, name)));
  const join = await stack.urn("command:local:Command", "steps-web-join-0");
  await commandEngine(stack.place.stack, stack.place.workDir).up({ target: [port, server, join], replace: [port] }, () => {});
}
