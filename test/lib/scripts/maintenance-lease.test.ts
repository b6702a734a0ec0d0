import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lease-"));
  writeFileSync(join(folder, "maintenance-lease"), readScript("maintenance-lease.py"));
  writeFileSync(join(folder, "kubectl"), kubectl(folder));
  chmodSync(join(folder, "kubectl"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** kubectl of an API with one lease. As in the API, only the version that was read can be replaced. */
const kubectl = (at: string) => `#!/usr/bin/python3
import fcntl, json, os, sys, time
path = "${at}/lease"
if os.path.exists("${at}/silent"):
    sys.exit("E1128 00:00:00 1 memcache.go:265] dial\\nThe connection to the server 10.40.0.5:6443 was refused")
lock = open("${at}/lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
old = json.load(open(path)) if os.path.exists(path) else None
if "get" in sys.argv:
    print(json.dumps(old) if old else "")
    lock.close()
    time.sleep(0.3)
    sys.exit()
new = json.load(sys.stdin)
if "create" in sys.argv and old or "replace" in sys.argv and new["metadata"]["resourceVersion"] != old["metadata"]["resourceVersion"]:
    sys.exit("the object has been modified")
new["metadata"]["resourceVersion"] = str(int(old["metadata"]["resourceVersion"]) + 1 if old else 1)
json.dump(new, open(path, "w"))
`;

function lease(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const child = spawn("/usr/bin/python3", ["-I", join(folder, "maintenance-lease"), ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("close", (code) => resolve({ code, stderr }));
  });
}

const TIME = "2026-11-27T00:00:00.000000Z";
const held = (holder: string, renewTime: string, leaseDurationSeconds = 900) =>
  writeFileSync(
    join(folder, "lease"),
    JSON.stringify({
      metadata: { name: "caravan-maintenance", resourceVersion: "7" },
      spec: { holderIdentity: holder, leaseDurationSeconds, acquireTime: TIME, renewTime },
    }),
  );
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString().replace("Z", "000Z");
const spec = () => JSON.parse(readFileSync(join(folder, "lease"), "utf8")).spec;

it("takes a lease that nobody has, and releases it", async () => {
  expect(await lease("take", "web-1", "0")).toEqual({ code: 0, stderr: "" });
  const taken = spec();
  expect(taken).toEqual({ holderIdentity: "web-1", leaseDurationSeconds: 900, acquireTime: taken.renewTime, renewTime: taken.renewTime });
  expect(Math.abs(Date.parse(taken.renewTime) - Date.now())).toBeLessThan(30_000);
  expect(await lease("release", "web-1")).toEqual({ code: 0, stderr: "" });
  expect(spec()).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
  expect(await lease("take", "web-2", "0")).toEqual({ code: 0, stderr: "" });
});

it("extends its own lease", async () => {
  held("web-1", TIME);
  expect(await lease("take", "web-1", "0")).toEqual({ code: 0, stderr: "" });
  expect(spec()).toMatchObject({ holderIdentity: "web-1", acquireTime: TIME });
  expect(spec().renewTime > TIME).toBe(true);
});

it("leaves another's lease alone, and says whose it is and until when", async () => {
  held("web-2", inSeconds(0));
  const before = spec();
  expect(await lease("take", "web-1", "0")).toEqual({
    code: 3,
    stderr: expect.stringMatching(/^web-2 holds the lease until \d\d:\d\d:\d\d UTC\n$/),
  });
  expect(await lease("release", "web-1")).toEqual({ code: 0, stderr: "" });
  expect(spec()).toEqual(before);
});

it("waits for another's lease, and takes over one that has ended", async () => {
  held("web-2", inSeconds(1), 1);
  expect((await lease("take", "web-1", "0")).code).toBe(3);
  expect(await lease("take", "web-1", "60")).toEqual({ code: 0, stderr: "" });
  expect(spec()).toMatchObject({ holderIdentity: "web-1", leaseDurationSeconds: 900 });
});

it("is taken by one of two that want it at the same moment", async () => {
  for (const begin of [() => rmSync(join(folder, "lease"), { force: true }), () => held("web-3", TIME)]) {
    begin();
    const results = await Promise.all(["web-1", "web-2"].map((machine) => lease("take", machine, "0")));
    expect(results.map(({ code }) => code).sort()).toEqual([0, 3]);
  }
});

it("says that the API does not answer", async () => {
  writeFileSync(join(folder, "silent"), "");
  expect(await lease("take", "web-1", "0")).toEqual({
    code: 4,
    stderr: "the Kubernetes API does not answer: The connection to the server 10.40.0.5:6443 was refused\n",
  });
  expect((await lease("release", "web-1")).code).toBe(4);
  expect(existsSync(join(folder, "lease"))).toBe(false);
});
