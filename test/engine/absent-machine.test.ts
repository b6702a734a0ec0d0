import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandFailed } from "../../devcloud/support/run.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

const cloud = new FakeCloud();
let stack: EngineStack;
beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { program: { name: "absent", folder: "test/engine/programs/absent-machine" }, config: {} });
}, 120_000);
afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

it("fails a command at once whose machine does not run, and logs what to do", async () => {
  const started = Date.now();
  const failure = await stack.command(["up", "--yes", "--skip-preview"]).catch((error: unknown) => error);
  if (!(failure instanceof CommandFailed)) throw new Error("the command succeeded, but it should have failed");
  expect(failure.output).toContain(
    "its machine (id-0) is not there: does not run, OpenStack says SHUTOFF; have it run with `openstack server start id-0`, or replace it with `pulumi up --replace 'urn'`",
  );
  // The plugin would try to connect for minutes.
  expect(Date.now() - started).toBeLessThan(60_000);
}, 120_000);
