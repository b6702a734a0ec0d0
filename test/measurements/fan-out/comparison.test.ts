import { expect, it } from "vitest";
import { compare } from "./comparison.ts";
import { readCpuTime } from "./cpu-time.ts";

const run = (seconds: number, ownCpu: number) => ({ seconds, ownCpu, machinesCpu: 3, logins: 10 });

it("compares the medians of all with those of the first", () => {
  const runs = new Map([
    ["ours", [run(2, 1), run(9, 1.5), run(1, 0.5)]],
    ["theirs", [run(10, 3), run(12, 4)]],
  ]);
  expect(compare(runs)).toEqual({
    ours: { seconds: 2, ownCpu: 1, machinesCpu: 3, logins: 10, timesAsLong: 1, timesAsMuchCpu: 1 },
    theirs: { seconds: 11, ownCpu: 3.5, machinesCpu: 3, logins: 10, timesAsLong: 5.5, timesAsMuchCpu: 3.5 },
  });
});

it("reads CPU time after a name with spaces and parentheses", () => {
  const stat = "42 (a) b) R 1 42 42 0 -1 4194560 100 200 0 0 150 50 300 25 20 0 1 0 12345 1000 100";
  expect(readCpuTime(stat)).toEqual({ own: 2, endedChildren: 3.25 });
});
