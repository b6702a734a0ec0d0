import { readFileSync } from "node:fs";

/** Seconds in a tick of /proc/PID/stat, which is 1/100 on every Linux (USER_HZ). */
const TICK = 0.01;

/** What the kernel knows of a process. */
export interface ProcessStat {
  parent: number;
  /** Largest size so far; the kernel itself and what has ended have none. */
  megabytes: number | undefined;
  cpuSeconds: number;
}

/** Reads what the kernel knows of a process; nothing when there is none of this id. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return {
      parent: Number(fields[1]),
      megabytes: kilobytes === undefined ? undefined : Number(kilobytes) / 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) * TICK,
    };
  } catch {
    return undefined;
  }
}
