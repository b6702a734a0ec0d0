import { afterAll, beforeAll, expect, it } from "vitest";
import { EngineStack } from "../../engine/engine-stack.ts";
import { imagesOf, mostServers, POOL_PROGRAM, runPool } from "../../engine/support/pool-steps.ts";
import { FakeCloud } from "../../fake-openstack/fake-cloud.ts";

/** Steps of a pool of eight on a fake cloud, two machines in a run, that fail or are killed. It needs nothing of devcloud. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer", "newest"] } });
const config: Record<string, unknown> = { "steps:count": 8, "steps:maxSurge": 2, "steps:machine": { image: "newer" } };
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { program: POOL_PROGRAM, config });
  await stack.up();
}, 300_000);
afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

const configure = (image: string, more: object = {}) => stack.configure({ ...config, "steps:machine": { image }, ...more });
const run = () => runPool(cloud, stack);

/** Returns the keys of the machines with an image. */
const keysWith = (image: string) =>
  Object.entries(imagesOf(cloud))
    .flatMap(([key, own]) => (own === image ? key : []))
    .join("");

it("ends a step that failed before it begins the next one", async () => {
  await configure("node", { "steps:joins": "echo no >&2; exit 1" });
  const failing = await mostServers(cloud, () => expect(stack.command(["up", "--yes", "--skip-preview"])).rejects.toThrow());
  expect([failing, cloud.nova.servers.store.all.length]).toEqual([10, 10]);
  await configure("node");
  const { said, most } = await run();
  expect([said[0], most]).toEqual([
    "warning: pool web: 2 of 8 machines have the new image after this run, in which 2 other replacements come first; " +
      "run `pulumi up` again, or `npx caravan roll steps`, for the next 2",
    10,
  ]);
  expect([keysWith("node"), cloud.nova.servers.store.all.length]).toEqual(["01", 8]);
}, 900_000);

it("goes on after a kill, with another image half way, and has never more than ten", async () => {
  await configure("newest");
  let isKilled = false;
  const killed = await mostServers(cloud, async () => {
    isKilled = await stack.killedUp(() => cloud.nova.servers.store.all.length === 10);
  });
  expect([isKilled, killed]).toEqual([true, 10]);
  for (let runs = 0; keysWith("newest") !== "01234567" || cloud.nova.servers.store.all.length > 8; runs += 1) {
    expect(runs).toBeLessThan(6);
    expect((await run()).most).toBeLessThanOrEqual(10);
  }
  expect((await run()).said).toEqual(["unchanged"]);
}, 900_000);
