import { readdir, readFile, readlink } from "node:fs/promises";
import type { Stack } from "../../../devcloud/stack.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";

/** Lists the ids of the Pulumi programs of a stack on this machine. */
export async function programsOf({ name }: Stack): Promise<string[]> {
  const lines = await commandLines();
  return [...lines].flatMap(([pid, line]) => (line.includes("/cmd/run/index.js") && line.includes(`--stack\0${name}\0`) ? pid : []));
}

/** Lists the ids of the helm programs of a stack. They run in its project's folder, whose program folder is the repository's. */
export async function helmsOf({ dir }: Stack): Promise<number[]> {
  const helms = [...(await commandLines())].filter(([, line]) => /^helm\0(install|upgrade)\0/.test(line));
  const folders = await Promise.all(helms.map(([pid]) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return helms.flatMap(([pid], index) => ([dir, repositoryDir].some((each) => folders[index]!.startsWith(each)) ? Number(pid) : []));
}

/** Lists the ids of the instances with processes on this machine, by the control groups that each instance's PID 1 makes. */
export async function instanceProcesses(): Promise<string[]> {
  const pids = await processes();
  const groups = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "")));
  const ids = groups.flatMap((group) => /instance\.([0-9a-f-]{36})/.exec(group)?.[1] ?? []);
  return [...new Set(ids)].sort();
}

/** Collects the command lines of all processes of this machine, including those of instances, until it is stopped. */
export function watchCommandLines(): { stop: () => string[] } {
  const seen = new Set<string>();
  const timer = setInterval(async () => {
    for (const line of (await commandLines()).values()) seen.add(line);
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}

async function commandLines(): Promise<Map<string, string>> {
  const pids = await processes();
  const lines = await Promise.all(pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")] as const));
  return new Map(lines);
}

async function processes(): Promise<string[]> {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
}
