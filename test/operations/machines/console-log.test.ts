import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ConsoleLog } from "../../../operations/machines/console-log.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBWzLgQb7ZgIuFFEFdHTNFCCvcpYWRCvTqYZlI6hLJpF";
const log = (...keys: string[]) => ["boots", "-----BEGIN SSH HOST KEY KEYS-----", ...keys, "-----END SSH HOST KEY KEYS-----"].join("\n");

let cloud: FakeOpenStack;
let consoles: ConsoleLog;
beforeEach(async () => {
  cloud = await startSignedIn();
  consoles = new ConsoleLog({});
});
afterEach(() => {
  vi.unstubAllEnvs();
  cloud.stop();
});

const asked = () => cloud.requests.filter((request) => request.endsWith("/action"));

it("reads the keys of each machine by one request, signed in once", async () => {
  for (const id of ["a", "b"]) cloud.consoles.set(id, log(KEY));
  expect(await Promise.all(["a", "b"].map((id) => consoles.keysOf(id)))).toEqual([{ keys: [KEY] }, { keys: [KEY] }]);
  expect(cloud.requests.sort()).toEqual(["POST /compute/servers/a/action", "POST /compute/servers/b/action", "POST /v3/auth/tokens"]);
});

it("retries a console without keys once, and no further console after one that never shows any", async () => {
  cloud.consoles.set("a", "boots");
  cloud.onRequest = (request) =>
    asked().length === 1 && request.endsWith("/action") && setTimeout(() => cloud.consoles.set("a", log(KEY)), 100);
  expect(await consoles.keysOf("a")).toEqual({ keys: [KEY] });
  cloud.onRequest = () => {};
  for (const id of ["b", "c"]) cloud.consoles.set(id, "boots");
  expect(await consoles.keysOf("b")).toEqual({ reason: "the console log shows no host keys" });
  expect(await consoles.keysOf("c")).toEqual({ reason: "the console log shows no host keys" });
  expect(asked()).toHaveLength(2 + 2 + 1);
});

it("signs in again when the token has expired", async () => {
  cloud.consoles.set("a", log(KEY));
  cloud.refusals.set("/compute/servers/a/action", [401]);
  expect(await consoles.keysOf("a")).toEqual({ keys: [KEY] });
  expect(cloud.signIns).toHaveLength(2);
});

it("stops requests to a cloud without console logs, but not when only one machine has none", async () => {
  cloud.consoles.set("b", log(KEY));
  const reason = (status: number, why: string) =>
    `the cloud gives no console log (POST ${cloud.url}/compute/servers/a/action: ${status} ${why})`;
  expect(await consoles.keysOf("a")).toEqual({ reason: reason(404, "no console") });
  expect(await consoles.keysOf("b")).toEqual({ keys: [KEY] });
  cloud.refusals.set("/compute/servers/a/action", [403]);
  expect(await consoles.keysOf("a")).toEqual({ reason: reason(403, "refused by the test") });
  expect(await consoles.keysOf("b")).toEqual({ reason: reason(403, "refused by the test") });
  expect(asked()).toHaveLength(3);
});
