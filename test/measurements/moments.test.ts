import { expect, test } from "vitest";
import { moments } from "./moments.ts";

test("one moment lies in each part of a run", () => {
  const found = moments(1000, 10, 1);
  expect(found.map((calls) => Math.floor(calls / 100))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("moments are the same for the same seed, and differ for another", () => {
  expect(moments(1000, 3, 1)).toEqual(moments(1000, 3, 1));
  expect(moments(1000, 3, 2)).not.toEqual(moments(1000, 3, 1));
});
