import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { killDescendants } from "./processes.ts";

test("everything below a process is killed, at whatever depth and in groups of its own, and the process itself is not", async () => {
  const script = "setsid bash -c 'sleep 300 & echo $! $$; wait' & wait; echo still here";
  const root = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  const [pids] = (await once(root.stdout, "data")) as [Buffer];
  const below = pids.toString().trim().split(" ");
  expect(below.map(runs)).toEqual([true, true]);

  killDescendants(root.pid!);
  const [said] = (await once(root.stdout, "data")) as [Buffer];
  expect(said.toString()).toBe("still here\n");
  await expect.poll(() => below.map(runs), { timeout: 10_000 }).toEqual([false, false]);
});

/** Returns whether a process exists and is no zombie. */
function runs(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
