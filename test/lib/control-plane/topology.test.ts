import { expect, it } from "vitest";
import { checkControlPlaneCount } from "../../../lib/control-plane/topology.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (count: number, etcd: "stacked" | "external") =>
  problemsOf((problems) => checkControlPlaneCount("count", count, etcd, problems));

it.each([1, 3, 5, 7])("accepts %i control planes with stacked etcd", (count) => {
  expect(check(count, "stacked")).toEqual([]);
});

it.each([-1, 0, 2, 4, 6, 8, 9, 1.5, Number.NaN])("refuses %d control planes with stacked etcd", (count) => {
  expect(check(count, "stacked")).toEqual([
    `count: ${count} control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own`,
  ]);
});

it.each([1, 2, 20, 50])("accepts %i control planes with external etcd", (count) => {
  expect(check(count, "external")).toEqual([]);
});

it.each([-1, 0, 51, 1.5, Number.NaN])("refuses %d control planes with external etcd", (count) => {
  expect(check(count, "external")).toEqual([`count: ${count} is not a number of control planes; use a whole number from 1 to 50`]);
});
