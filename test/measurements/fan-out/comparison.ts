import type { Run } from "./contender.ts";

/** The runs of each contender, by its title; the first is the one that others are compared with. */
export type Runs = ReadonlyMap<string, readonly Run[]>;

export interface Row extends Run {
  /** How many times as long as the first. */
  timesAsLong: number;
  /** How many times as much CPU time as the first, without the machines'. */
  timesAsMuchCpu: number;
}

/** Medians of each contender's runs, beside those of the first. */
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
