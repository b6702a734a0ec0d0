import { processStat } from "../../engine/process-stat.ts";

/** Peak memory and CPU time of a process so far. */
export interface ProcessUsage {
  megabytes: number;
  cpuSeconds: number;
}

/** Returns the usage of each process so far. Throws when one has ended. */
export function usageOf(pids: Record<string, number>): Record<string, ProcessUsage> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processUsage(name, pid)]));
}

function processUsage(name: string, pid: number): ProcessUsage {
  const { megabytes, cpuSeconds } = processStat(pid) ?? {};
  if (megabytes === undefined || cpuSeconds === undefined)
    throw new Error(`${name} (process ${pid}) has ended; what it said last is above`);
  return { megabytes: Math.round(megabytes), cpuSeconds: Math.round(cpuSeconds) };
}
