import { expect, it } from "vitest";
import { type PoolCounts, type PoolPace, progressLine } from "../../../lib/pool/progress.ts";

const none: PoolCounts = { wanted: 999, created: 0, booted: 0, joined: 0, failed: 0 };

const lineOf = (counts: Partial<PoolCounts>, pace: Partial<PoolPace> = {}) =>
  progressLine("default", { ...none, ...counts }, { created: 0, joined: 0, seconds: 600, ...pace });

it("has the number of servers, their pace, and the time left for the others", () => {
  expect(lineOf({ created: 412, booted: 320, joined: 288, failed: 3 }, { created: 412, joined: 288 })).toBe(
    "pool default: 412 of 999 created, 320 booted, 288 joined, 3 failed; 41 a minute, about 14 minutes left",
  );
});

it("forecasts by the joins once all servers exist", () => {
  expect(lineOf({ created: 996, booted: 960, joined: 640, failed: 3 }, { created: 996, joined: 640 })).toBe(
    "pool default: 996 of 999 created, 960 booted, 640 joined, 3 failed; 64 a minute, about 6 minutes left",
  );
});

it("counts nodes that existed before, but not for the pace", () => {
  expect(lineOf({ created: 989, booted: 979, joined: 979 }, { created: 10, joined: 0, seconds: 30 })).toBe(
    "pool default: 989 of 999 created, 979 booted, 979 joined; 20 a minute, less than a minute left",
  );
});

it("forecasts nothing before the first is done, and nothing at the end", () => {
  expect([lineOf({}), lineOf({ created: 999, booted: 999, joined: 999 }, { created: 999, joined: 999 })]).toEqual([
    "pool default: 0 of 999 created, 0 booted, 0 joined",
    "pool default: 999 of 999 created, 999 booted, 999 joined",
  ]);
});

it("writes one minute in the singular", () => {
  expect(lineOf({ created: 990 }, { created: 54, seconds: 360 })).toMatch(/; 9 a minute, about 1 minute left$/);
});
