import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { exists, settled, tolerateFailure } from "../../../components/engine/settled.ts";

const failure = () => pulumi.output(Promise.reject(new Error("server in ERROR")));

it("waits for a value, and gives nothing for what failed", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  setTimeout(() => resolve("late"), 5);
  expect([await settled([promise, "known"]), await settled(failure())]).toEqual([["late", "known"], undefined]);
});

it("tells what was made from what failed, which nobody has to hear of", async () => {
  const made = { id: pulumi.output("id") } as pulumi.CustomResource;
  const failed = { id: failure(), name: failure(), urn: failure() } as unknown as pulumi.CustomResource;
  tolerateFailure(failed);
  expect([await exists(made), await exists(failed)]).toEqual([true, false]);
});
