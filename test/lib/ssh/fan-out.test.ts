import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { packed } from "../../../lib/node/packed.ts";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutModules } from "../../../lib/ssh/fan-out.ts";

const modules = [
  ["order.mjs", 'export const { order, removing } = Reflect.get(globalThis, "caravan");'],
  ["text.mjs", 'import { order } from "./order.mjs";\nexport const text = order.text;'],
  [
    "main.mjs",
    'import { removing } from "./order.mjs";\nimport { text } from "./text.mjs";\nconsole.log(JSON.stringify({ text, removing }));',
  ],
];

it.each([
  ["run", false],
  ["remove", true],
] as const)("runs the last of some modules, which import each other and find the order, to %s", (purpose, removing) => {
  const [, ...options] = FAN_OUT_INTERPRETER;
  const text = "ümläute 'n' \"quotes\"\n";
  const input = packed(JSON.stringify({ modules, order: { text } }));
  const output = execFileSync(process.execPath, [...options, fanOutCommand(purpose)], { input, encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({ text, removing });
});

it.each(["ssh-fan-out.mjs", "ssh-ask.mjs"] as const)("has each module of %s after those that it imports", (entry) => {
  const files = fanOutModules(entry).map(([file]) => file);
  const imports = fanOutModules(entry).map(([, code]) => [...code.matchAll(/ from "\.\/(.+)"/g)].map(([, file]) => file!));
  const imported = imports.flat();
  expect(files.slice(0, -1).filter((file) => !imported.includes(file))).toEqual([]);
  expect(imports.flatMap((all, place) => all.filter((file) => !files.slice(0, place).includes(file)))).toEqual([]);
});

it("keeps the command line short, and the same whatever the modules are", () => {
  expect(fanOutCommand("run").length).toBeLessThan(600);
  for (const [, code] of fanOutModules()) expect(fanOutCommand("run")).not.toContain(code);
});
