import { expect, it } from "vitest";
import { checkWaves, DEFAULT_WAVES, type WaveArgs } from "../../../lib/pool/waves.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (waves: WaveArgs) => problemsOf((problems) => checkWaves(waves, problems));

it("takes from one to a thousand workers at a time, and nothing said", () => {
  expect([{ creates: 1, joins: 1000 }, {}, DEFAULT_WAVES].flatMap(check)).toEqual([]);
});

it("names each number that is none", () => {
  expect(check({ creates: 0, joins: 1.5 })).toEqual([
    "creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000",
    "joins: 1.5 is not a number of workers at a time; use a whole number from 1 to 1000",
  ]);
  expect(check({ creates: 1001 })).toHaveLength(1);
});
