import { expect, test } from "vitest";
import { type Measured, row, totalCalls, totalCpu } from "./measured.ts";

const step: Measured = {
  seconds: 12.3,
  calls: { "GET /a": 2, "POST /b": 5 },
  processes: { engine: { megabytes: 100, cpuSeconds: 0.1 }, program: { megabytes: 300, cpuSeconds: 0.2 } },
};

test("a command is a row with its calls, and with memory and CPU of each role", () => {
  expect(row(step)).toEqual({
    seconds: 12.3,
    "HTTP calls": 7,
    "engine MB": 100,
    "program MB": 300,
    "engine CPU s": 0.1,
    "program CPU s": 0.2,
  });
});

test("calls and CPU are summed up", () => {
  expect([totalCalls(step), totalCpu(step)]).toEqual([7, 0.3]);
});
