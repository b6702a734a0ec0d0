import { assert, integer, property } from "fast-check";
import { expect, it } from "vitest";
import { newClusterName } from "../../../fleet/rules/ids.ts";
import { durationOf, millisecondsIn, timeOf } from "../../../fleet/rules/times.ts";

it("reads and writes durations", () => {
  expect(["2h", "90m", "1h30m5s"].map(millisecondsIn)).toEqual([7_200_000, 5_400_000, 5_405_000]);
  assert(
    property(integer({ min: 1, max: 10_000_000 }), (seconds) => {
      expect(millisecondsIn(durationOf(seconds * 1000))).toBe(seconds * 1000);
    }),
  );
});

it("writes times as Kubernetes does", () => {
  expect(timeOf(1_767_225_600_123)).toBe("2026-01-01T00:00:00Z");
});

it("makes names of clusters that are labels and differ", () => {
  const names = Array.from({ length: 1000 }, () => newClusterName("ci"));
  expect(new Set(names).size).toBe(1000);
  for (const name of names) expect(name).toMatch(/^ci-[a-z0-9]{10}$/);
});
