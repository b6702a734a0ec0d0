import type { Problems } from "../problems.ts";

/** How much of a cluster's workers is done at a time. */
export interface WaveArgs {
  /** Servers that are being made at a time, from 1 to 1000. @default 64 */
  creates?: number;
  /** Workers that are joining at a time, from 1 to 1000, rounded up to whole batches of 64. @default 256 */
  joins?: number;
}

/**
 * Both are judgements of our own: as many servers as `--parallel` lets be made in our measurements, and twice as many joins as there
 * may be logins, because a join lasts longer than its login.
 */
export const DEFAULT_WAVES: Required<WaveArgs> = { creates: 64, joins: 256 };

/** More would bound nothing: Pulumi itself would run out of memory first. */
const LARGEST_WAVE = 1000;

/** Notes what is wrong with waves. */
export function checkWaves(waves: WaveArgs, problems: Problems): void {
  for (const [property, count] of Object.entries(waves)) {
    if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= LARGEST_WAVE)) continue;
    problems.add(property, `${count} is not a number of workers at a time; use a whole number from 1 to ${LARGEST_WAVE}`);
  }
}
