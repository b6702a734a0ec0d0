import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Characters of an id: 52 bits, so that a million clusters of a pool have none twice (with a chance of one in 7,000). */
const LENGTH = 10;

/** Makes the name of a new cluster. It is random, so that none is ever used again, not even after its objects are gone. */
export function newClusterName(pool: string): string {
  return `${pool}-${Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;
}
