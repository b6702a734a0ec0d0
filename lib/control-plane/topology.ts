import type { Problems } from "../problems.ts";

/** Numbers of control planes with stacked etcd: odd, for a majority, and at most seven (etcd's FAQ on cluster size). */
export const STACKED_COUNTS = [1, 3, 5, 7] as const;

/** Most control planes with an external etcd: more than twice as many as in the largest cluster that is known to run so. */
export const MOST_CONTROL_PLANES = 50;

/** Checks the number of control planes. */
export function checkControlPlaneCount(property: string, count: number, etcd: "stacked" | "external", problems: Problems): void {
  if (etcd === "stacked") checkStackedCount(property, count, problems);
  else if (!(Number.isInteger(count) && count >= 1 && count <= MOST_CONTROL_PLANES)) {
    problems.add(property, `${count} is not a number of control planes; use a whole number from 1 to ${MOST_CONTROL_PLANES}`);
  }
}

function checkStackedCount(property: string, count: number, problems: Problems): void {
  if (!STACKED_COUNTS.some((allowed) => allowed === count)) {
    problems.add(
      property,
      `${count} control planes cannot carry etcd; use ${STACKED_COUNTS.join(", ")}, or an etcd on machines of its own`,
    );
  }
}
