import type { Problems } from "../problems.ts";
import { LARGEST_POOL, type NodeKeys } from "./settings.ts";

/** Nodes of a batch, which share one join resource: few enough to see which failed, many enough to keep the state small. */
export const BATCH_SIZE = 64;

/** Returns the keys of a pool's nodes, in order. */
export function nodeKeys({ count, without = [] }: NodeKeys): string[] {
  const left = new Set(without);
  return Array.from({ length: count }, (_, ordinal) => String(ordinal)).filter((key) => !left.has(key));
}

/** Groups keys by batch. A key stays in its batch whatever becomes of the others. */
export function batches(keys: readonly string[]): Map<string, string[]> {
  return Map.groupBy(keys, (key) => String(Math.floor(Number(key) / BATCH_SIZE)));
}

/** Returns whether a pool can have a number of nodes. */
export function isPoolSize(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= LARGEST_POOL;
}

/** Checks the keys of a pool. */
export function checkNodeKeys({ count, without = [] }: NodeKeys, problems: Problems): void {
  if (!isPoolSize(count)) {
    problems.add("count", `${count} is not a number of nodes; use a whole number from 0 to ${LARGEST_POOL}`);
    return;
  }
  without.forEach((key, place) => {
    if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) >= count)
      problems.add(`without[${place}]`, `"${key}" is no key of a pool of ${count}; leave it out`);
    else if (without.indexOf(key) < place) problems.add(`without[${place}]`, `"${key}" is named twice; name each key once`);
  });
}
