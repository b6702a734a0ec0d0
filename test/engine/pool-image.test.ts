import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { automationEngine } from "../../operations/engine/automation-engine.ts";
import { commandEngine } from "../../operations/engine/command-engine.ts";
import { rolloutsIn } from "../../operations/roll/rollouts.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";
import { imagesOf, mostServers, POOL_PROGRAM, runPool } from "./support/pool-steps.ts";

/** A pool of eight on a fake cloud, whose machines get another image, two in a run. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer", "newest"] } });
const config: Record<string, unknown> = { "steps:count": 8, "steps:maxSurge": 2, "steps:machine": { image: "node" } };
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { program: POOL_PROGRAM, config });
  await stack.up();
  for (const [name, value] of Object.entries(stack.place.environment)) vi.stubEnv(name, value);
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack?.remove();
  cloud.stop();
});

const configure = (image: string, more: object = {}) => stack.configure({ ...config, "steps:machine": { image }, ...more });
const run = () => runPool(cloud, stack);
const warning = (count: number, next: number, first = "") =>
  `warning: pool web: ${count} of 8 machines have the new image after this run${first}; ` +
  `run \`pulumi up\` again, or \`npx caravan roll steps\`, for the next ${next}`;

/** Returns the keys of the machines with an image. */
const keysWith = (image: string) =>
  Object.entries(imagesOf(cloud))
    .flatMap(([key, own]) => (own === image ? key : []))
    .join("");

it("replaces two machines in each of four runs, never has more than ten, and does nothing in the fifth", async () => {
  await configure("newer");
  const preview = await runPool(cloud, stack, ["preview"]);
  expect(preview).toEqual({ said: [warning(2, 2), "+-2 to replace"], most: 8 });
  const { stack: stackName, workDir, environment } = stack.place;
  const automated = automationEngine(await LocalWorkspace.selectStack({ stackName, workDir }, { envVars: { ...environment } }));
  const steps = ["01", "23", "45", "67"].map((keys) => [...keys].map((key) => `steps-web-${key}`));
  for (const engine of [commandEngine(stackName, workDir), automated])
    expect(rolloutsIn(await engine.preview({ target: [], replace: [] }))).toEqual([{ pool: "web", component: "steps-web", steps }]);
  for (const [keys, ...said] of [["01", warning(2, 2)], ["0123", warning(4, 2)], ["012345", warning(6, 2)], ["01234567"]]) {
    expect(await run()).toEqual({ said: [...said, "+-2 replaced"], most: 10 });
    expect(keysWith("newer")).toBe(keys);
  }
  expect(await run()).toEqual({ said: ["unchanged"], most: 8 });
}, 900_000);

it("ends a step that failed before it begins the next one", async () => {
  await configure("node", { "steps:joins": "echo no >&2; exit 1" });
  const failing = await mostServers(cloud, () => expect(stack.command(["up", "--yes", "--skip-preview"])).rejects.toThrow());
  expect([failing, cloud.nova.servers.store.all.length]).toEqual([10, 10]);
  await configure("node");
  const { said, most } = await run();
  expect([said[0], most]).toEqual([warning(2, 2, ", in which 2 other replacements come first"), 10]);
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
