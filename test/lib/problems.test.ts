import { InputPropertiesError } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Problems } from "../../lib/problems.ts";

it("throws nothing without problems", () => {
  expect(() => new Problems().throwIfAny("pool")).not.toThrow();
});

it("throws one error that names every problem, with its path", () => {
  const problems = new Problems();
  problems.add("count", "0 is too few");
  problems.at("pools.web").add("count", "-1 is too few");
  const thrown = thrownBy(() => problems.throwIfAny('cluster "demo"'));
  expect(thrown).toBeInstanceOf(InputPropertiesError);
  expect(thrown).toMatchObject({
    message: 'cluster "demo" has 2 invalid properties:\n  count: 0 is too few\n  pools.web.count: -1 is too few',
    errors: [
      { propertyPath: "count", reason: "0 is too few" },
      { propertyPath: "pools.web.count", reason: "-1 is too few" },
    ],
  });
});

it("writes one problem in the singular", () => {
  const problems = new Problems();
  problems.add("count", "0 is too few");
  expect(() => problems.throwIfAny('pool "web"')).toThrow('pool "web" has 1 invalid property:\n  count: 0 is too few');
});

it("joins the paths of properties, of list items and of the value itself", () => {
  const problems = new Problems();
  const taints = problems.at("pools.web").at("taints");
  taints.add("", "are too many");
  taints.at("[2]").add("effect", "is unknown");
  expect(problems.lines).toEqual(["pools.web.taints: are too many", "pools.web.taints[2].effect: is unknown"]);
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
