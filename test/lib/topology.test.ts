import { expect, it } from "vitest";
import { checkStackedCount } from "../../lib/topology.ts";
import { problemsOf } from "../support/problems.ts";

const check = (count: number) => problemsOf((problems) => checkStackedCount("count", count, problems));

it.each([1, 3, 5, 7])("lets %i control planes carry etcd", (count) => {
  expect(check(count)).toEqual([]);
});

it.each([-1, 0, 2, 4, 6, 8, 9, 1.5, Number.NaN])("refuses %d control planes", (count) => {
  expect(check(count)).toEqual([`count: ${count} control planes cannot carry etcd; use 1, 3, 5, 7`]);
});
