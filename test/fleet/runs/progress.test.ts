import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, it } from "vitest";
import { Progress } from "../../../fleet/runs/progress.ts";

const urn = "urn:pulumi:ci-a::caravan-fleet::openstack:compute/instance:Instance::ci-a-default-0";
const event = (fields: object) => ({ sequence: 1, timestamp: 1, ...fields }) as unknown as EngineEvent;
const diagnostic = (message: string, severity = "error") => event({ diagnosticEvent: { message, severity } });

it("counts the steps that change something, and names the last that began", () => {
  const progress = new Progress();
  for (const op of ["same", "create"])
    for (const kind of ["resourcePreEvent", "resOutputsEvent"])
      progress.take(event({ [kind]: { metadata: { op, urn, type: "openstack:compute/instance:Instance" } } }));
  expect(progress.steps).toBe(1);
  expect(progress.resource).toBe("openstack:compute/instance:Instance ci-a-default-0");
});

it("tells the first error of the engine, without what Pulumi writes around it", () => {
  const progress = new Progress();
  progress.take(diagnostic("only a warning", "warning"));
  progress.take(
    diagnostic(
      "<{%reset%}>Running program 'file:///a b' failed with an unhandled exception:\nError: no room\n    at program (a.ts:1:2)<{%reset%}>",
    ),
  );
  progress.take(diagnostic("update failed"));
  expect(progress.errorOf(new Error("code: -1"))).toBe("no room");
});

it("tells the last lines of what was thrown when the engine has told nothing", () => {
  expect(new Progress().errorOf(new Error("1\n2\n3\n4\n5\n6"))).toBe("2\n3\n4\n5\n6");
});
