import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { RunProcess } from "../crds/kinds/run.ts";

/** Variable of all processes of a run, with its name. Those that it has started inherit it. */
export const RUN_VARIABLE = "CARAVAN_FLEET_RUN";

/** Returns what identifies a process, this one by default; `undefined` when there is none. */
export function processOf(pid: number = process.pid): RunProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may contain any character.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    return { host: hostname(), boot: bootId(), pid, started: fields[18]! };
  } catch {
    return undefined;
  }
}

/** Returns whether a process of this machine is there, and no other one has its number. */
export function isRunning({ boot, pid, started }: RunProcess): boolean {
  const found = processOf(pid);
  return found?.boot === boot && found.started === started;
}

/** Returns the numbers of the processes of a run, except this one. */
export function processesOfRun(run: string): number[] {
  const mark = `\0${RUN_VARIABLE}=${run}\0`;
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark));
}

function environmentOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}\0`;
  } catch {
    return ""; // ended meanwhile, or another user's
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
