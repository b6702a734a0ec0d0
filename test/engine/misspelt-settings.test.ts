import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandFailed } from "../../devcloud/support/run.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { stackArgs } from "../support/stack-config.ts";
import { EngineStack } from "./engine-stack.ts";

const cloud = new FakeCloud();
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { program: { name: "caravan", folder: "stacks" }, config: {} });
}, 120_000);
afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

it("refuses a misspelt setting in the preview before any request to the cloud: it would plan a cluster without pools", async () => {
  const { pools, ...rest } = Object.fromEntries(Object.entries(stackArgs("mini")));
  const config = Object.fromEntries(Object.entries(rest).map(([property, value]) => [`caravan:${property}`, value]));
  await stack.configure({ ...config, "caravan:pool": pools, "caravn:ssh": {} });
  const failure = await stack.preview().catch((error: unknown) => error);
  if (!(failure instanceof CommandFailed)) throw new Error("the preview succeeded, but it should have failed");
  expect(failure.output).toContain('error: the configuration of stack "caravan" has 2 invalid properties:');
  expect(failure.output.match(/^ +car.*$/gm)?.map((line) => line.trim())).toEqual([
    "caravan:pool: is no setting of this program; use \"caravan:pools\", or remove it with `pulumi config rm 'caravan:pool'`",
    "caravn:ssh: is no setting of this program; use \"caravan:ssh\", or remove it with `pulumi config rm 'caravn:ssh'`",
  ]);
  expect(cloud.calls.total).toBe(0);
});
