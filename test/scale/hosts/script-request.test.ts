import { expect, it } from "vitest";
import { nodeScript } from "../../../lib/node-scripts.ts";
import { shellAssignments } from "../../../lib/shell.ts";
import { readRequest } from "./script-request.ts";

it("recognises a script by its text, and reads the assignments before it as a shell would", () => {
  const input = { NODE_NAME: "it's", FILES: "0600 /a YQ==\n0644 /b Yg==\n", LABELS: "" };
  const text = `${shellAssignments(input)}WANTED_NODES=\nNODE_NAME='last'\n${nodeScript("reconcilePool")}`;
  expect(readRequest(text)).toEqual({ script: "reconcilePool", input: { ...input, WANTED_NODES: "", NODE_NAME: "last" } });
});

it("tells scripts apart that begin with the same files", () => {
  expect(["worker", "importedJoin"].map((name) => readRequest(nodeScript(name as "worker")).script)).toEqual(["worker", "importedJoin"]);
});

it("refuses what is no script of the library's", () => {
  expect(() => readRequest("NODE_NAME='a'\necho hello")).toThrow(/^no script of the library: a hollow machine has answers for prepare, /);
});
