import { createHash } from "node:crypto";

/** Chooses numbers of calls after which a run is killed. One lies in each of the run's equal parts, at a place that the seed determines. */
export function moments(calls: number, count: number, seed: number): number[] {
  const part = calls / count;
  return Array.from({ length: count }, (_, place) => Math.floor(part * (place + draw(seed, place))));
}

/** Draws a number of at least 0 and less than 1. */
function draw(seed: number, place: number): number {
  return createHash("sha256").update(`${seed}\n${place}`).digest().readUInt32BE() / 2 ** 32;
}
