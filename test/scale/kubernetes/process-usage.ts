import { readFileSync } from "node:fs";

/** Seconds in a tick of /proc/PID/stat, which is 1/100 on every Linux (USER_HZ). */
const TICK = 0.01;

/** Largest size and CPU time of a process so far. */
export interface ProcessUsage {
  megabytes: number;
  cpuSeconds: number;
}

/** What each process took so far; fails when one has ended. */
export function usageOf(pids: Record<string, number>): Record<string, ProcessUsage> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processUsage(name, pid)]));
}

function processUsage(name: string, pid: number): ProcessUsage {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(procFile(name, pid, "status")) ?? [];
  if (kilobytes === undefined) throw new Error(`${name} (process ${pid}) has ended; what it said last is above`);
  const stat = procFile(name, pid, "stat");
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { megabytes: Math.round(Number(kilobytes) / 1024), cpuSeconds: Math.round((Number(fields[11]) + Number(fields[12])) * TICK) };
}

function procFile(name: string, pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    throw new Error(`${name} (process ${pid}) has ended; what it said last is above`);
  }
}
