import type { Measured } from "../engine/measured.ts";
import { totalCalls } from "../engine/measured.ts";

/** Limits for 1,019 servers. */
export const TARGETS = { programMegabytes: 1024, stateMegabytes: 6, noOpSeconds: 30, callsPerServer: 12 };

/** Results to which the targets apply. */
export interface ServersRun {
  servers: number;
  state: { bytes: number };
  steps: Record<string, Measured> & { create: Measured; "no-op": Measured };
}

/** Lists the targets that a run misses, each with its value. */
export function missedTargets({ servers, state, steps }: ServersRun): string[] {
  const megabytes = Math.max(...Object.values(steps).map(({ processes }) => processes.program?.megabytes ?? 0));
  const values: [string, number, number][] = [
    ["memory of the program in MB", megabytes, TARGETS.programMegabytes],
    ["size of the state in MB", state.bytes / 1e6, TARGETS.stateMegabytes],
    ["seconds of an `up` without changes", steps["no-op"].seconds, TARGETS.noOpSeconds],
    ["HTTP calls of the creation for each server", totalCalls(steps.create) / servers, TARGETS.callsPerServer],
  ];
  return values.filter(([, value, most]) => value > most).map(([title, value, most]) => `${title}: ${value.toFixed(1)}, at most ${most}`);
}
