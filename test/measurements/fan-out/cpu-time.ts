import { readFileSync } from "node:fs";

/** Seconds in a tick of /proc/PID/stat, which is 1/100 on every Linux (USER_HZ). */
const TICK = 0.01;

/** CPU seconds of a process, and of its ended children with theirs. */
export interface CpuTime {
  own: number;
  endedChildren: number;
}

export function cpuTimeOf(pid: number | "self"): CpuTime {
  return readCpuTime(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** Parses /proc/PID/stat. */
export function readCpuTime(stat: string): CpuTime {
  // The second field is the program's name in parentheses, which may contain any character. In proc(5), user time is field 14.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (user + system) * TICK, endedChildren: (childrenUser + childrenSystem) * TICK };
}
