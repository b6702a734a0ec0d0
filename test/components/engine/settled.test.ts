import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { exists, settled, tolerateFailure } from "../../../components/engine/settled.ts";

const failure = () => pulumi.output(Promise.reject(new Error("server in ERROR")));

it("waits for a value, and returns undefined for a failed output", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  setTimeout(() => resolve("late"), 5);
  expect([await settled([promise, "known"]), await settled(failure())]).toEqual([["late", "known"], undefined]);
});

it("tells existing resources from failed ones, whose failure can be tolerated", async () => {
  const made = { id: pulumi.output("id") } as pulumi.CustomResource;
  const failed = { id: failure(), name: failure(), urn: failure() } as unknown as pulumi.CustomResource;
  tolerateFailure(failed);
  expect([await exists(made), await exists(failed)]).toEqual([true, false]);
});
