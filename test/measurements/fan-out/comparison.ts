import type { Run } from "./contender.ts";

/** Runs of each contender by its title. The others are compared with the first. */
export type Runs = ReadonlyMap<string, readonly Run[]>;

export interface Row extends Run {
  /** Duration relative to the first contender's. */
  timesAsLong: number;
  /** CPU time relative to the first contender's, without the machines'. */
  timesAsMuchCpu: number;
}

/** Returns the medians of each contender's runs, relative to those of the first. */
export function compare(runs: Runs): Record<string, Row> {
  const medians = [...runs].map(([title, all]) => [title, medianRun(all)] as const);
  const [, first] = medians[0]!;
  return Object.fromEntries(
    medians.map(([title, run]) => [
      title,
      { ...run, timesAsLong: round(run.seconds / first.seconds, 2), timesAsMuchCpu: round(run.ownCpu / first.ownCpu, 2) },
    ]),
  );
}

function medianRun(runs: readonly Run[]): Run {
  const of = (value: (run: Run) => number) => round(median(runs.map(value)), 1);
  return {
    seconds: of((run) => run.seconds),
    ownCpu: of((run) => run.ownCpu),
    machinesCpu: of((run) => run.machinesCpu),
    logins: of((run) => run.logins),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
