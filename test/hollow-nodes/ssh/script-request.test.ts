import { expect, it } from "vitest";
import { packed } from "../../../lib/node/packed.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../../lib/node/shell.ts";
import { readRequest } from "./script-request.ts";

const COMMAND = scriptFromInput("root", 60);

it("recognizes a script by its text, and reads the assignments before it like a shell", () => {
  const input = { NODE_NAME: "it's", FILES: "0600 /a YQ==\n0644 /b Yg==\n", LABELS: "" };
  const text = `${shellAssignments(input)}WANTED_NODES=\nNODE_NAME='last'\n${nodeScript("reconcilePool")}`;
  const request = { script: "reconcilePool", input: { ...input, WANTED_NODES: "", NODE_NAME: "last" }, text };
  expect(readRequest(COMMAND, text)).toEqual(request);
  expect(readRequest(scriptFromInput("root", 60, "packed"), packed(text))).toEqual(request);
  const first = { ...request, input: { ...request.input, FIRST_RUN: "yes" } };
  expect(readRequest(scriptFromInput("root", 60, "packed", "first"), packed(text))).toEqual(first);
});

it("distinguishes scripts that begin with the same files", () => {
  expect(["worker", "importedJoin"].map((name) => readRequest(COMMAND, nodeScript(name as "worker")).script)).toEqual([
    "worker",
    "importedJoin",
  ]);
});

it("refuses all other commands and scripts", () => {
  expect(() => readRequest("reboot", "")).toThrow("hollow machines do not run: reboot");
  expect(() => readRequest(COMMAND, "NODE_NAME='a'\necho hello")).toThrow(
    /^no script of the library: a hollow machine has answers for prepare, /,
  );
});
