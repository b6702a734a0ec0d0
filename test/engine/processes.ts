import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { processStat } from "./process-stat.ts";

/** Usage of the processes of one role: largest size of one process, and CPU seconds of all. */
export interface Usage {
  megabytes: number;
  cpuSeconds: number;
}

interface Sample extends Usage {
  role: string;
}

/** Roles of the processes under the CLIs of Pulumi and Terraform, by program. */
const ROLES: Record<string, string> = {
  pulumi: "engine",
  node: "program",
  "pulumi-resource-openstack": "plugin",
  "pulumi-language-nodejs": "language host",
  terraform: "engine",
  "terraform-provider-openstack": "plugin",
};

/** Watch of all processes below this one. The kernel keeps the largest size of each, so only its last moments can be missed. */
export class ProcessWatch {
  readonly #samples = new Map<number, Sample>();
  readonly #timer = setInterval(() => this.#sample(), 250);

  /** Ends the watch and returns the usage by role. */
  stop(): Record<string, Usage> {
    clearInterval(this.#timer);
    const byRole = Object.groupBy(this.#samples.values(), ({ role }) => role);
    const usages = Object.entries(byRole).map(([role, samples = []]) => [role, usageOf(samples)]);
    return Object.fromEntries(usages);
  }

  #sample(): void {
    for (const pid of descendants(process.pid)) {
      const sample = sampleOf(pid);
      if (sample) this.#samples.set(pid, sample);
    }
  }
}

/** Kills all processes below one at once with SIGKILL, like a power cut. */
export function killDescendants(root: number): void {
  const stopped = new Set<number>();
  // A stopped process starts no others: once no new one is found, all are known.
  for (;;) {
    const running = descendants(root).filter((pid) => !stopped.has(pid));
    if (running.length === 0) break;
    for (const pid of running) {
      signal(pid, "SIGSTOP");
      stopped.add(pid);
    }
  }
  for (const pid of stopped) signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process ended meanwhile.
  }
}

function usageOf(samples: readonly Usage[]): Usage {
  const cpuSeconds = samples.reduce((sum, each) => sum + each.cpuSeconds, 0);
  return { megabytes: Math.round(Math.max(...samples.map(({ megabytes }) => megabytes))), cpuSeconds: Math.round(cpuSeconds * 10) / 10 };
}

function sampleOf(pid: number): Sample | undefined {
  const stat = processStat(pid);
  const role = ROLES[basename(programOf(pid))];
  return role && stat?.megabytes !== undefined ? { role, megabytes: stat.megabytes, cpuSeconds: stat.cpuSeconds } : undefined;
}

function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0", 1)[0]!;
  } catch {
    return ""; // the process ended meanwhile
  }
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    const parent = processStat(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root);
}
