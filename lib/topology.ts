import type { Problems } from "./problems.ts";

/** Numbers of control planes that may carry etcd: odd, for a majority, and not more than seven (etcd's FAQ on cluster size). */
export const STACKED_COUNTS = [1, 3, 5, 7] as const;

/** Notes when a number of control planes cannot carry stacked etcd. */
export function checkStackedCount(property: string, count: number, problems: Problems): void {
  if (!STACKED_COUNTS.some((allowed) => allowed === count)) {
    problems.add(property, `${count} control planes cannot carry etcd; use ${STACKED_COUNTS.join(", ")}`);
  }
}
