import { expect, it } from "vitest";
import { podRates } from "./rates.ts";

it("returns the rate of all pods and of each chunk, in any order of the list", () => {
  expect(podRates([8, 2, 1, 4, 20], 2)).toEqual({ running: 5, seconds: 20, perSecond: 0.3, perChunk: [1, 0.3, 0.1] });
});

it("is 0 without pods", () => {
  expect(podRates([], 10)).toEqual({ running: 0, seconds: 0, perSecond: 0, perChunk: [] });
});
