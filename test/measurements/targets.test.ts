import { expect, test } from "vitest";
import type { Measured } from "../engine/measured.ts";
import { missedTargets } from "./targets.ts";

const step = (seconds: number, calls: number, megabytes: number): Measured => {
  return { seconds, calls: { "GET /": calls }, processes: { program: { megabytes, cpuSeconds: 1 } } };
};

test("a run within the targets misses none", () => {
  const steps = { create: step(200, 12_000, 1024), "no-op": step(30, 10, 900) };
  expect(missedTargets({ servers: 1000, state: { bytes: 6e6 }, steps })).toEqual([]);
});

test("each missed target is named with its value", () => {
  const steps = { create: step(200, 12_340, 500), "no-op": step(30.1, 10, 1100) };
  expect(missedTargets({ servers: 1000, state: { bytes: 6_100_000 }, steps })).toEqual([
    "memory of the program in MB: 1100.0, at most 1024",
    "size of the state in MB: 6.1, at most 6",
    "seconds of an `up` without changes: 30.1, at most 30",
    "HTTP calls of the creation for each server: 12.3, at most 12",
  ]);
});
