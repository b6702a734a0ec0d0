import { expect, it } from "vitest";
import { Semaphore } from "../../../lib/pool/semaphore.ts";

/** Acquires numbers of places in order, and returns a growing list with the indexes of those that were acquired. */
function acquireAll(semaphore: Semaphore, ...places: number[]): number[] {
  const begun: number[] = [];
  places.forEach((count, index) => void semaphore.acquire(count).then(() => begun.push(index)));
  return begun;
}

/** Waits until all pending promises have settled. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it("acquires up to its number of places, and the next when places are released", async () => {
  const semaphore = new Semaphore(2);
  const begun = acquireAll(semaphore, 1, 1, 1, 1);
  await settle();
  expect(begun).toEqual([0, 1]);
  semaphore.release(1);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});

it("keeps the order of requests, even when a later one would fit", async () => {
  const semaphore = new Semaphore(64);
  const begun = acquireAll(semaphore, 33, 32, 1);
  await settle();
  expect(begun).toEqual([0]);
  semaphore.release(33);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});
