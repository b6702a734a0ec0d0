import { expect, it } from "vitest";
import { Semaphore } from "../../../lib/pool/semaphore.ts";

/** Those of some takers that have had their turn, by their places in the order in which they came. */
function takers(turns: Semaphore, ...places: number[]): number[] {
  const begun: number[] = [];
  places.forEach((count, index) => void turns.acquire(count).then(() => begun.push(index)));
  return begun;
}

/** Lets everything happen that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it("lets no more begin than there are places, and each next one when places are given back", async () => {
  const turns = new Semaphore(2);
  const begun = takers(turns, 1, 1, 1, 1);
  await settle();
  expect(begun).toEqual([0, 1]);
  turns.release(1);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});

it("serves who came first, even if another would find room", async () => {
  const turns = new Semaphore(64);
  const begun = takers(turns, 33, 32, 1);
  await settle();
  expect(begun).toEqual([0]);
  turns.release(33);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});
