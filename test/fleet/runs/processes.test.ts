import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { isRunning, processesOfRun, processOf, RUN_VARIABLE } from "../../../fleet/runs/processes.ts";

it("knows a process by its number, its start and the machine's start", () => {
  const own = processOf()!;
  expect(own.pid).toBe(process.pid);
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, started: "1" })).toBe(false);
  expect(isRunning({ ...own, boot: "another" })).toBe(false);
});

it("finds all processes of a run, also those that others have started, and none that has ended", async () => {
  const run = `test-${process.pid}`;
  const child = spawn("sh", ["-c", "sleep 60 & wait"], { env: { ...process.env, [RUN_VARIABLE]: run }, detached: true });
  await expect.poll(() => processesOfRun(run).length).toBe(2);
  expect(processesOfRun(`${run}0`)).toEqual([]);
  const known = processOf(child.pid!)!;
  process.kill(-child.pid!, "SIGKILL");
  await once(child, "exit");
  expect(isRunning(known)).toBe(false);
  await expect.poll(() => processesOfRun(run)).toEqual([]);
});
