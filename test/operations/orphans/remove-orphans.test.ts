import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { StackState } from "../../../operations/orphans/orphans.ts";
import { removeOrphans } from "../../../operations/orphans/remove-orphans.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { generated, resource, stateOf } from "../../support/stack-state.ts";

/** Orphans of a killed run: a network that nobody uses, and the port of a server. */
const state = stateOf([], [resource("Network", "demo", generated("demo-1234567")), resource("Port", "p", generated("p-1234567"))]);

let cloud: FakeOpenStack;
let said: string[];

beforeEach(async () => {
  cloud = await startSignedIn();
  cloud.objects.networks = [{ id: "n1", name: "demo-1234567" }];
  said = [];
  for (const level of ["info", "warn"] as const)
    vi.spyOn(pulumi.log, level).mockImplementation(async (text) => void said.push(`${level}: ${text}`));
});

afterEach(() => {
  cloud.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function inRun(isPreview = false): Promise<void> {
  await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }, "caravan", "test", isPreview);
}

function remove(given: StackState = state, removeServing?: string[]) {
  const more = removeServing ? { removeServing } : {};
  return removeOrphans({ readState: async () => given, settleSeconds: 0, ...more });
}

function usePort(): void {
  cloud.objects.ports = [{ id: "p1", name: "p-1234567", device_id: "s1", device_owner: "compute:nova" }];
}

it("removes and logs the orphans of an earlier run", async () => {
  await inRun();
  expect((await remove()).map(({ id }) => id)).toEqual(["n1"]);
  expect(said).toEqual(["info: removing the network demo-1234567 (n1), which an earlier run left behind"]);
  expect(cloud.names).toEqual([]);
});

it("only lists them in a preview, which holds no lock", async () => {
  await inRun(true);
  usePort();
  expect(await remove()).toEqual([]);
  expect(said).toEqual([
    "info: would remove the network demo-1234567 (n1), which an earlier run left behind",
    "warn: the stack's state does not have objects that are in use, and the run would stop:\n  port p-1234567 (p1): it is the port of compute:nova s1",
  ]);
  expect(cloud.requests.filter((request) => request.startsWith("DELETE"))).toEqual([]);
});

it("removes nothing when an orphan is in use, and names the remedies", async () => {
  await inRun();
  usePort();
  await expect(remove()).rejects.toThrow(
    [
      "the stack's state does not have objects that are in use, so nothing was changed:",
      "  port p-1234567 (p1): it is the port of compute:nova s1",
      "  Repair an old state by `pulumi stack import` of the right one, or by `pulumi import` of each object.",
      "  To remove the objects all the same (drain a Node before), run again with CARAVAN_REMOVE_SERVING=p1",
    ].join("\n"),
  );
  expect(cloud.names).toEqual(["demo-1234567", "p-1234567"]);
});

it("removes an orphan in use when its id is given", async () => {
  await inRun();
  usePort();
  expect((await remove(state, ["p1"])).map(({ id }) => id)).toEqual(["p1", "n1"]);
  usePort();
  vi.stubEnv("CARAVAN_REMOVE_SERVING", "other, p1");
  expect((await remove()).map(({ id }) => id)).toEqual(["p1"]);
});

it("refuses to run outside of a program, where no lock is held", async () => {
  const module = new URL("../../../operations/orphans/remove-orphans.ts", import.meta.url).href;
  const script = `import { removeOrphans } from ${JSON.stringify(module)}; await removeOrphans().catch(({ message }) => console.log(message));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(stdout).toBe(
    "removeOrphans works inside of a Pulumi program, whose run holds the stack's lock: call it first in the program (of the Automation API, too)\n",
  );
});
