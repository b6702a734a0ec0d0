import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { ProcessWatch, type Usage } from "./processes.ts";

/** Time, calls and memory of a command. */
export interface Measured {
  seconds: number;
  /** HTTP calls by kind. */
  calls: Record<string, number>;
  /** Memory and CPU by role. */
  processes: Record<string, Usage>;
}

/** Measures commands that this process runs against a fake cloud. */
export async function measure(cloud: FakeCloud, work: () => Promise<unknown>): Promise<Measured> {
  cloud.calls.take();
  const watch = new ProcessWatch();
  const start = performance.now();
  try {
    await work();
  } finally {
    watch.stop();
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { seconds, calls: cloud.calls.take(), processes: watch.stop() };
}

/** Sums up all HTTP calls of a command. */
export function totalCalls({ calls }: Measured): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** Sums up the CPU seconds of all processes of a command. */
export function totalCpu({ processes }: Measured): number {
  return round(Object.values(processes).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0));
}

/** Makes the row of a command in a table. */
export function row(step: Measured): Record<string, number> {
  const usages = Object.entries(step.processes);
  const megabytes = usages.map(([role, usage]) => [`${role} MB`, usage.megabytes]);
  const cpu = usages.map(([role, usage]) => [`${role} CPU s`, usage.cpuSeconds]);
  return { seconds: step.seconds, "HTTP calls": totalCalls(step), ...Object.fromEntries([...megabytes, ...cpu]) };
}

/** Rounds a number to one decimal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
