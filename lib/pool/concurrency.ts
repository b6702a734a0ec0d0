import type { Problems } from "../problems.ts";
import { type ConcurrencySettings, LARGEST_CONCURRENCY } from "./settings.ts";

/**
 * Both are judgements of our own: as many servers as `--parallel` lets be made in our measurements, and twice as many joins as there
 * may be logins, because a join lasts longer than its login.
 */
export const DEFAULT_CONCURRENCY: Required<ConcurrencySettings> = { creates: 64, joins: 256 };

/** Notes what is wrong with concurrency limits. */
export function checkConcurrency(limits: ConcurrencySettings, problems: Problems): void {
  for (const [property, count] of Object.entries(limits)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= LARGEST_CONCURRENCY)) continue;
    problems.add(property, `${count} is not a number of workers at a time; use a whole number from 1 to ${LARGEST_CONCURRENCY}`);
  }
}
