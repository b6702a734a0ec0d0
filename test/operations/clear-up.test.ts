import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../lib/node/scripts.ts";
import type { StackState } from "../../operations/orphans/orphans.ts";
import { FakeOpenStack } from "../support/fake-openstack.ts";
import { generated, resource, stateOf } from "../support/stack-state.ts";

const PROGRAM = fileURLToPath(new URL("../../operations/clear-up.ts", import.meta.url));
const ADVICE = "If the destruction waits for what is in use, end it and run: pulumi destroy --run-program\n";
const pending = [resource("Network", "demo", generated("demo-1234567")), resource("Port", "p", generated("p-1234567"))];

let cloud: FakeOpenStack;
let folder: string;

beforeEach(async () => {
  cloud = new FakeOpenStack();
  await cloud.start();
  folder = mkdtempSync(join(tmpdir(), "caravan-clear-up-"));
});
afterEach(() => {
  cloud.stop();
  rmSync(folder, { recursive: true });
});

/** Makes a `pulumi` that exports a state and prints a configuration, or fails. */
function pulumiWith(state: StackState | undefined, config: Record<string, string> = {}): void {
  writeFileSync(join(folder, "state"), JSON.stringify(state ?? null));
  const values = Object.entries(config).map(([key, value]) => [key, { value, secret: key.endsWith("password") }]);
  writeFileSync(join(folder, "config"), JSON.stringify(Object.fromEntries(values)));
  const works = `case "$*" in
    "stack export --stack organization/demo/dev --non-interactive") cat "${folder}/state" ;;
    "config --json --show-secrets --stack organization/demo/dev --non-interactive") cat "${folder}/config" ;;
    *) exit 1 ;;
  esac`;
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${state ? works : 'echo "error: no stack named dev" >&2; exit 255'}\n`);
  chmodSync(join(folder, "pulumi"), 0o755);
}

/** Runs the command of the deleted resource as Pulumi's plugin does. It must never fail. */
async function clearUp(
  programs: { CARAVAN_IN_PROJECT?: string; CARAVAN_AT_CREATION?: string },
  cloudEnvironment: Record<string, string> = credentials(),
): Promise<string> {
  const env = {
    PATH: [folder, dirname(process.execPath), process.env.PATH].join(":"),
    CARAVAN_STACK: "organization/demo/dev",
    CARAVAN_CLOUD: "",
    CARAVAN_REGION: "",
    CARAVAN_IN_PROJECT: "not/here.js",
    CARAVAN_AT_CREATION: "/not/there/any/more.js",
    ...cloudEnvironment,
    ...programs,
  };
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", readScript("clear-up.sh")], { cwd: folder, env });
  return stdout;
}

function credentials(): Record<string, string> {
  return { OS_AUTH_URL: cloud.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret" };
}

it("signs in with the credentials of the stack's configuration", async () => {
  const own = { authUrl: cloud.url, userName: "ann", tenantName: "web", password: "secret" };
  const config = Object.fromEntries(Object.entries(own).map(([key, value]) => [`openstack:${key}`, value]));
  pulumiWith(stateOf([], pending), { ...config, "demo:password": "of something else" });
  cloud.objects.networks = [{ id: "n1", name: "demo-1234567" }];
  expect(await clearUp({ CARAVAN_AT_CREATION: PROGRAM }, {})).toBe(
    "removing the network demo-1234567 (n1), which an earlier run left behind\n",
  );
});

it("removes the orphans of an interrupted run, and lists those that stay", async () => {
  pulumiWith(stateOf([], pending));
  cloud.objects.networks = [{ id: "n1", name: "demo-1234567" }];
  cloud.objects.ports = [{ id: "p1", name: "p-1234567", device_id: "s1", device_owner: "compute:nova" }];
  expect(await clearUp({ CARAVAN_AT_CREATION: PROGRAM })).toBe(
    "removing the network demo-1234567 (n1), which an earlier run left behind\n" +
      "leaving the port p-1234567 (p1), which is not in the state but in use: it is the port of compute:nova s1\n",
  );
  expect(cloud.names).toEqual(["p-1234567"]);
});

it("sends no request when nothing was interrupted", async () => {
  pulumiWith(stateOf([resource("Network", "demo", { id: "n1" })]));
  expect(await clearUp({ CARAVAN_IN_PROJECT: PROGRAM })).toBe("");
  expect(cloud.requests).toEqual([]);
});

it("names the command to run when the state or the cloud cannot be read", async () => {
  pulumiWith(undefined);
  expect(await clearUp({ CARAVAN_IN_PROJECT: PROGRAM })).toBe(
    "what interrupted runs may have left in OpenStack was not removed: the stack's state cannot be read: " +
      `pulumi stack export: error: no stack named dev. ${ADVICE}`,
  );
  pulumiWith(stateOf([], pending));
  cloud.refusals.set("/v3/auth/tokens", [401]);
  expect(await clearUp({ CARAVAN_IN_PROJECT: PROGRAM })).toMatch(/was not removed: OpenStack at .* does not accept the credentials/);
});

it("names the command to run when the library is missing", async () => {
  expect(await clearUp({})).toBe(
    `what interrupted runs may have left in OpenStack was not looked for: no Node.js or no library of caravan is here. ${ADVICE}`,
  );
});
