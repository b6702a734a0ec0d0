import { readdir, readFile, readlink } from "node:fs/promises";

/** Memory of the cloud's processes in bytes. Shared memory is counted once. */
export interface MemoryUse {
  services: number;
  instances: number;
}

interface Process {
  pid: number;
  parent: number;
}

/** Sums the memory of all processes below the holder of the namespaces. */
export async function readMemoryUse(holder: number): Promise<MemoryUse> {
  const own = await readlink(`/proc/${holder}/ns/pid_for_children`);
  const use: MemoryUse = { services: 0, instances: 0 };
  for (const pid of descendants(holder, await readProcesses())) {
    // An instance has its own PID namespace inside the cloud's.
    const kind = (await readlink(`/proc/${pid}/ns/pid`).catch(() => own)) === own ? "services" : "instances";
    use[kind] += await readProportionalSize(pid);
  }
  return use;
}

function descendants(root: number, processes: readonly Process[]): number[] {
  const children = processes.filter((process) => process.parent === root);
  return children.flatMap((child) => [child.pid, ...descendants(child.pid, processes)]);
}

async function readProcesses(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      return { pid, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0) };
    }),
  );
  return all.filter((process) => process.parent > 0);
}

async function readProportionalSize(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s*(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
}
