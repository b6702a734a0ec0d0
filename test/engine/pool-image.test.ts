import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { automationEngine } from "../../operations/engine/automation-engine.ts";
import { commandEngine } from "../../operations/engine/command-engine.ts";
import { rolloutsIn } from "../../operations/roll/rollouts.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";
import { imagesOf, POOL_PROGRAM, runPool } from "./support/pool-steps.ts";

/** A pool of four on a fake cloud, whose machines get another image, two in a run. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer"] } });
const config: Record<string, unknown> = { "steps:count": 4, "steps:maxSurge": 2, "steps:machine": { image: "node" } };
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

const run = () => runPool(cloud, stack);
const warning = (count: number, next: number) =>
  `warning: pool web: ${count} of 4 machines have the new image after this run; ` +
  `run \`pulumi up\` again, or \`npx caravan roll steps\`, for the next ${next}`;

/** Returns the keys of the machines with an image. */
const keysWith = (image: string) =>
  Object.entries(imagesOf(cloud))
    .flatMap(([key, own]) => (own === image ? key : []))
    .join("");

it("replaces two machines in each of two runs, never has more than six, and does nothing in the third", async () => {
  await stack.configure({ ...config, "steps:machine": { image: "newer" } });
  const preview = await runPool(cloud, stack, ["preview"]);
  expect(preview).toEqual({ said: [warning(2, 2), "+-2 to replace"], most: 4 });
  const { stack: stackName, workDir, environment } = stack.place;
  const automated = automationEngine(await LocalWorkspace.selectStack({ stackName, workDir }, { envVars: { ...environment } }));
  const steps = ["01", "23"].map((keys) => [...keys].map((key) => `steps-web-${key}`));
  for (const engine of [commandEngine(stackName, workDir), automated])
    expect(rolloutsIn(await engine.preview({ target: [], replace: [] }))).toEqual([{ pool: "web", component: "steps-web", steps }]);
  for (const [keys, ...said] of [["01", warning(2, 2)], ["0123"]]) {
    expect(await run()).toEqual({ said: [...said, "+-2 replaced"], most: 6 });
    expect(keysWith("newer")).toBe(keys);
  }
  expect(await run()).toEqual({ said: ["unchanged"], most: 4 });
}, 900_000);
