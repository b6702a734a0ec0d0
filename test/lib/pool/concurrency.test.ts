import { expect, it } from "vitest";
import { checkConcurrency, DEFAULT_CONCURRENCY } from "../../../lib/pool/concurrency.ts";
import type { ConcurrencySettings } from "../../../lib/pool/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (concurrency: ConcurrencySettings) => problemsOf((problems) => checkConcurrency(concurrency, problems));

it("accepts one to a thousand workers at a time, and no limits", () => {
  expect([{ creates: 1, joins: 1000 }, {}, DEFAULT_CONCURRENCY].flatMap(check)).toEqual([]);
});

it("names each invalid number", () => {
  expect(check({ creates: 0, joins: 1.5 })).toEqual([
    "creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000",
    "joins: 1.5 is not a number of workers at a time; use a whole number from 1 to 1000",
  ]);
  expect(check({ creates: 1001 })).toHaveLength(1);
});
