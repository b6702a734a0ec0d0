import type { Run } from "../crds/kinds/run.ts";
import { MINUTE, millisecondsOf } from "./times.ts";

/** Failures in a row after which a pool is paused. */
const FAILURES = 3;

/** Longest pause in minutes. A cloud that has room again is tried within it. */
const LONGEST_MINUTES = 30;

export interface Pause {
  /** Failed runs in a row. */
  failures: number;
  /** When runs begin again, in milliseconds; `undefined` when the pool is not paused. */
  until?: number;
  /** First error of the row. */
  error?: string;
}

/** Decides from a pool's finished runs whether it is paused: for a minute after three failures in a row, and twice as long after each more. */
export function pauseOf(pool: string, runs: readonly Run[], now: number): Pause {
  const own = runs
    .filter(
      ({ spec, status }) => spec.pool === pool && spec.operation === "up" && (status?.phase === "Succeeded" || status?.phase === "Failed"),
    )
    .sort((a, b) => millisecondsOf(a.status?.finishedAt) - millisecondsOf(b.status?.finishedAt));
  const row = own.slice(own.findLastIndex(({ status }) => status?.phase === "Succeeded") + 1);
  const error = row[0]?.status?.error;
  const pause = { failures: row.length, ...(error === undefined ? {} : { error }) };
  if (row.length < FAILURES) return pause;
  const until = millisecondsOf(row.at(-1)!.status?.finishedAt) + doubled(row.length - FAILURES) * MINUTE;
  return until > now ? { ...pause, until } : pause;
}

/** Returns the minutes before a retry: one, and twice as many after each more, up to the longest. */
export function doubled(times: number): number {
  return Math.min(LONGEST_MINUTES, 2 ** times);
}
