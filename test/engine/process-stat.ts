import { readFileSync } from "node:fs";

/** Seconds of a tick in /proc/PID/stat, 1/100 on every Linux (USER_HZ). */
const TICK = 0.01;

/** Status of a process in the kernel. */
export interface ProcessStat {
  parent: number;
  /** Largest size so far; `undefined` for kernel threads and ended processes. */
  megabytes: number | undefined;
  cpuSeconds: number;
}

/** Reads the status of a process; `undefined` when none has this id. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may contain any character.
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
