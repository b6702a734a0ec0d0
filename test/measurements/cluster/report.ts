import type { Measured, StateSize } from "../../engine/engine-stack.ts";

/** Measurements of a phase. */
export interface Phase extends Measured {
  /** Observations after it. */
  seen: Record<string, number | string>;
}

/** Prints phases as a table, with calls for each worker. */
export function printPhases(phases: Record<string, Phase>, workers: number): void {
  const rows = Object.entries(phases).map(([name, { seconds, calls, processes, seen }]) => {
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
    const memory = Object.entries(processes).map(([role, { megabytes }]) => [`${role} MB`, megabytes]);
    const perWorker = Math.round((total / workers) * 10) / 10;
    const saw = Object.entries(seen).map(([what, value]) => `${what} ${value}`);
    return [name, { seconds, calls: total, "calls a worker": perWorker, ...Object.fromEntries(memory), seen: saw.join(", ") }];
  });
  console.table(Object.fromEntries(rows));
}

/** Number of resource types in a report. All others are small. */
const LARGEST = 6;

/** Prints the size of a state, by type. */
export function printState(state: StateSize | undefined): void {
  if (!state) return;
  const { bytes, stored, resources, types } = state;
  console.log("state:", { bytes, stored, resources });
  const largest = Object.entries(types).sort(([, first], [, second]) => second.bytes - first.bytes);
  console.table(Object.fromEntries(largest.slice(0, LARGEST)));
}
