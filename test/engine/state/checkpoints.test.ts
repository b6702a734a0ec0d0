import { expect, it } from "vitest";
import { type Checkpoints, checkpointsEnvironment, checkpointsOf, isCompressed } from "./checkpoints.ts";

it("reads ways from a command line, and names unknown ones", () => {
  expect(checkpointsOf("plain,none")).toEqual(["plain", "none"]);
  expect(() => checkpointsOf("plain,with,toString")).toThrow(
    "--checkpoints with, toString is unknown; use plain, compressed, none, none-compressed",
  );
});

it("sets one way and none of the others", () => {
  expect(checkpointsEnvironment("compressed")).toEqual({ PULUMI_DIY_BACKEND_ZSTD: "true", PULUMI_SKIP_CHECKPOINTS: "" });
  expect(["plain", "compressed", "none", "none-compressed"].filter((way) => isCompressed(way as Checkpoints))).toEqual([
    "compressed",
    "none-compressed",
  ]);
});
