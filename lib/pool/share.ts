/** Returns whether a value is a number of nodes from 1 on, or a share of a pool from "1%" to "100%". */
export function isShare(value: number | string): boolean {
  return typeof value === "number" ? Number.isInteger(value) && value >= 1 : /^([1-9]\d?|100)%$/.test(value);
}

/** Returns how many nodes of a pool a number or a share is: a share is rounded down to at least one. */
export function shareOf(value: number | string, size: number): number {
  if (typeof value === "number") return value;
  return Math.max(1, Math.floor((Number.parseInt(value, 10) * size) / 100));
}
