import { expect, it } from "vitest";
import { Turns } from "../../../lib/pool/turns.ts";

/** Those of some takers that have had their turn, by their places in the order in which they came. */
function takers(turns: Turns, ...places: number[]): number[] {
  const begun: number[] = [];
  places.forEach((count, index) => void turns.take(count).then(() => begun.push(index)));
  return begun;
}

/** Lets everything happen that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it("lets no more begin than there are places, and each next one when places are given back", async () => {
  const turns = new Turns(2);
  const begun = takers(turns, 1, 1, 1, 1);
  await settle();
  expect(begun).toEqual([0, 1]);
  turns.giveBack(1);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});

it("serves who came first, even if another would find room", async () => {
  const turns = new Turns(64);
  const begun = takers(turns, 33, 32, 1);
  await settle();
  expect(begun).toEqual([0]);
  turns.giveBack(33);
  await settle();
  expect(begun).toEqual([0, 1, 2]);
});
