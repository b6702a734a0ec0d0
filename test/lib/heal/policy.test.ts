import { expect, it } from "vitest";
import { checkPolicy, DEFAULT_POLICY, type HealPolicy } from "../../../lib/heal/policy.ts";
import { Problems } from "../../../lib/problems.ts";

function checked(policy: object): [object, readonly string[]] {
  const problems = new Problems();
  return [checkPolicy(policy as HealPolicy, problems), problems.lines];
}

it("adds the defaults", () => {
  expect(checked({})).toEqual([DEFAULT_POLICY, []]);
  expect(checked({ notReadyMinutes: 1, controlPlanes: false })).toEqual([
    { ...DEFAULT_POLICY, notReadyMinutes: 1, controlPlanes: false },
    [],
  ]);
});

it("names all problems with what is allowed", () => {
  const policy = {
    notReadyMinutes: 0,
    settlingMinutes: 4,
    maxUnhealthyPercent: 100,
    maxReplacedPercent: 0.5,
    maxReplacements: "2",
    windowHours: 169,
    controlPlanes: "no",
    every: 1,
  };
  expect(checked(policy)[1]).toEqual([
    "notReadyMinutes: 0 is not allowed; use a whole number from 1 to 1440",
    "settlingMinutes: 4 is not allowed; use a whole number from 5 to 1440",
    "maxUnhealthyPercent: 100 is not allowed; use a whole number from 1 to 99",
    "maxReplacedPercent: 0.5 is not allowed; use a whole number from 1 to 50",
    'maxReplacements: "2" is not allowed; use a whole number from 1 to 10',
    "windowHours: 169 is not allowed; use a whole number from 1 to 168",
    'controlPlanes: "no" is neither true nor false; use one of them',
    "every: is no limit; use notReadyMinutes, settlingMinutes, maxUnhealthyPercent, maxReplacedPercent, maxReplacements, windowHours, controlPlanes",
  ]);
});
