import { readdir, readFile } from "node:fs/promises";

/** Ids of the instances that have processes on this machine, found by the control groups that each instance's PID 1 makes. */
export async function instanceProcesses(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const groups = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "")));
  const ids = groups.flatMap((group) => /instance\.([0-9a-f-]{36})/.exec(group)?.[1] ?? []);
  return [...new Set(ids)].sort();
}

/** Collects the command lines of all processes of this machine, the instances' too, until it is stopped. */
export function watchCommandLines(): { stop: () => string[] } {
  const seen = new Set<string>();
  const timer = setInterval(async () => {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
    for (const line of lines) seen.add(line);
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}
