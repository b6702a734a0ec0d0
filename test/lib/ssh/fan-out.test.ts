import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { packed } from "../../../lib/node/packed.ts";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutProgram } from "../../../lib/ssh/fan-out.ts";

const program = "const { order, removing } = globalThis.caravan; console.log(JSON.stringify({ order, removing }));";

it.each([
  ["run", false],
  ["remove", true],
] as const)("hands the order to the program, to %s", (purpose, removing) => {
  const [, ...options] = FAN_OUT_INTERPRETER;
  const order = { text: "ümläute 'n' \"quotes\"\n" };
  const input = packed(JSON.stringify({ program, order }));
  const output = execFileSync(process.execPath, [...options, fanOutCommand(purpose)], { input, encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({ order, removing });
});

it("keeps the command line short, and the same whatever the program is", () => {
  expect(fanOutCommand("run").length).toBeLessThan(500);
  expect(fanOutCommand("run")).not.toContain(fanOutProgram());
});
