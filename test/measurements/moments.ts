import { createHash } from "node:crypto";

/** Numbers of calls at which a run of so many is to be ended: one in each of equal parts of it, where in it by the seed. */
export function moments(calls: number, count: number, seed: number): number[] {
  const part = calls / count;
  return Array.from({ length: count }, (_, place) => Math.floor(part * (place + draw(seed, place))));
}

/** A number from 0 to below 1. */
function draw(seed: number, place: number): number {
  return createHash("sha256").update(`${seed}\n${place}`).digest().readUInt32BE() / 2 ** 32;
}
