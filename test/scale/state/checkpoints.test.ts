import { expect, it } from "vitest";
import { checkpointsEnvironment, checkpointsOf } from "./checkpoints.ts";

it("reads ways from a command line, and names those that it does not know", () => {
  expect(checkpointsOf("plain,none")).toEqual(["plain", "none"]);
  expect(() => checkpointsOf("plain,with,toString")).toThrow("--checkpoints with, toString is unknown; use plain, compressed, none");
});

it("sets one way and none of the others", () => {
  expect(checkpointsEnvironment("compressed")).toEqual({ PULUMI_DIY_BACKEND_ZSTD: "true", PULUMI_SKIP_CHECKPOINTS: "" });
});
