import { expect, it } from "vitest";
import { afterFirst, rolloutsIn } from "../../../operations/roll/rollouts.ts";
import { rollText } from "../../../operations/roll/text.ts";
import { rolloutEvent } from "../../support/rolling-stack.ts";
import { urnOf } from "../../support/stack-state.ts";

const steps = [["demo-web-0", "demo-web-1"], ["demo-web-2"]];

it("reads the last plan of each pool of which something is replaced", () => {
  const none = { resOutputsEvent: { metadata: { op: "same", urn: urnOf("NodePool", "demo-web"), new: { outputs: {} } } } };
  const events = [none, rolloutEvent([["demo-web-9"]]), rolloutEvent([], "demo-batch"), rolloutEvent(steps)];
  expect(rolloutsIn(events)).toEqual([{ pool: "web", component: "demo-web", steps }]);
});

it("knows what is left after the first run, and says the steps", () => {
  const rollout = { pool: "web", component: "demo-web", steps };
  const other = { pool: "batch", component: "demo-batch", steps: [[], ["demo-batch-0"]] };
  expect(afterFirst([rollout, { ...rollout, steps: [[]] }])).toEqual([{ ...rollout, steps: [["demo-web-2"]] }]);
  expect(rollText([rollout, other]).split("\n")).toEqual([
    "pool web:",
    "  run 1: demo-web-0, demo-web-1",
    "  run 2: demo-web-2",
    "pool batch:",
    "  run 1: ends what was interrupted",
    "  run 2: demo-batch-0",
  ]);
  expect(rollText([])).toBe("no machine of a pool has another image than it should have");
});

it("refuses a run that would replace workers at once, because its program tells no plan", () => {
  const urn = `${urnOf("NodePool", "demo-web")}$openstack:compute/instance:Instance::demo-web-0`.replace("::demo-web$", "$");
  expect(() => rolloutsIn([{ resourcePreEvent: { metadata: { op: "replace", urn } } }])).toThrow(
    /^the run would replace 1 workers at once, because the program does not know the stack's state; have it await prepareRun/,
  );
  expect(rolloutsIn([{ resourcePreEvent: { metadata: { op: "update", urn } } }])).toEqual([]);
});
