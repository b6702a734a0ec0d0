import type { Problems } from "../problems.ts";
import { type ConcurrencySettings, LARGEST_CONCURRENCY } from "./settings.ts";

/**
 * Default concurrency limits. Both are our own judgement: as many servers as `--parallel` allowed in our measurements, and twice as many
 * joins as logins are allowed, because a join lasts longer than its login.
 */
export const DEFAULT_CONCURRENCY: Required<ConcurrencySettings> = { creates: 64, joins: 256 };

/** Checks the concurrency limits. */
export function checkConcurrency(limits: ConcurrencySettings, problems: Problems): void {
  for (const [property, count] of Object.entries(limits)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= LARGEST_CONCURRENCY)) continue;
    problems.add(property, `${count} is not a number of workers at a time; use a whole number from 1 to ${LARGEST_CONCURRENCY}`);
  }
}
