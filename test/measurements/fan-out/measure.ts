import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Contender, Run } from "./contender.ts";
import { cpuTimeOf } from "./cpu-time.ts";
import type { Machines } from "./machines.ts";

/**
 * Measures a contender's run of a script that takes some seconds on all machines, and checks that it ran on each. `dir` is a folder for the
 * script's files.
 */
export async function measureRun(contender: Contender, machines: Machines, duration: number, dir: string): Promise<Run> {
  const traces = join(dir, "traces");
  mkdirSync(traces);
  const [logins, ownCpu, machinesCpu] = [machines.logins, ownCpuSeconds(), machines.cpuSeconds];
  const start = performance.now();
  await contender.run(machines, `set -eu\nsleep ${duration}\necho "$NODE_NAME" >"${traces}/$NODE_NAME"\n`);
  const seconds = (performance.now() - start) / 1000;
  await contender.end?.();
  await machines.idle();
  requireTraces(machines, traces);
  rmSync(traces, { recursive: true });
  return {
    seconds,
    ownCpu: ownCpuSeconds() - ownCpu,
    machinesCpu: machines.cpuSeconds - machinesCpu,
    logins: machines.logins - logins,
  };
}

/**
 * CPU seconds of the contender's processes: those of this process, and those in the background, which the first process of the namespace
 * adopts.
 */
function ownCpuSeconds(): number {
  return cpuTimeOf("self").endedChildren + cpuTimeOf(1).endedChildren;
}

/** Checks that each machine has left a file of its name with its name. */
function requireTraces({ hosts }: Machines, dir: string): void {
  const files = new Set(readdirSync(dir));
  const missing = hosts.filter(({ name }) => !files.has(name) || readFileSync(join(dir, name), "utf8") !== `${name}\n`);
  if (missing.length > 0)
    throw new Error(`the script has not run on ${missing.length} of ${hosts.length} machines, like ${missing[0]!.name}`);
}
