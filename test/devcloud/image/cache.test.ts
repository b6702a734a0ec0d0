import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const home = mkdtempSync(join(tmpdir(), "cache-"));
let cached: typeof import("../../../devcloud/image/cache.ts").cached;
let inputHash: typeof import("../../../devcloud/image/cache.ts").inputHash;

// The cache folder is fixed when the module is loaded, perhaps earlier by another test of this worker.
beforeAll(async () => {
  vi.stubEnv("XDG_CACHE_HOME", home);
  vi.resetModules();
  ({ cached, inputHash } = await import("../../../devcloud/image/cache.ts"));
});

afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  rmSync(home, { recursive: true });
});

it("makes a hash of inputs that depends on their content and order", () => {
  expect(inputHash(["a", "b"])).toMatch(/^[0-9a-f]{16}$/);
  expect(inputHash(["a", "b"])).toBe(inputHash(["a", "b"]));
  expect(new Set([["a", "b"], ["b", "a"], ["ab"], ["a", "b", ""]].map(inputHash)).size).toBe(4);
});

it("builds once for the same inputs, also when two builds are requested at the same time", async () => {
  const build = vi.fn(async (dir: string) => writeFileSync(join(dir, "result"), "done"));
  const [first, second] = await Promise.all([cached("once", ["x"], build), cached("once", ["x"], build)]);
  expect(build).toHaveBeenCalledTimes(1);
  expect(second).toEqual(first);
  expect(readdirSync(first.dir)).toEqual(["result"]);
});

it("keeps nothing of a failed build, and builds at the next request", async () => {
  const failing = async (dir: string) => {
    writeFileSync(join(dir, "half"), "");
    throw new Error("disk full");
  };
  await expect(cached("retried", ["x"], failing)).rejects.toThrow("disk full");
  expect(readdirSync(join(home, "caravan/images")).filter((name) => name.includes("retried"))).toEqual(["retried.lock"]);

  const { dir } = await cached("retried", ["x"], async (work) => writeFileSync(join(work, "whole"), ""));
  expect(readdirSync(dir)).toEqual(["whole"]);
});

it("removes builds for other inputs, once nobody can use them any more", async () => {
  const old = await cached("renewed", ["1"], async () => {});
  const recent = await cached("renewed", ["2"], async () => {});
  const twoHoursAgo = Date.now() / 1000 - 7200;
  utimesSync(old.dir, twoHoursAgo, twoHoursAgo);
  const current = await cached("renewed", ["3"], async () => {});
  expect([old, recent, current].map(({ dir }) => existsSync(dir))).toEqual([false, true, true]);
});
