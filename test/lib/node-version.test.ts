import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findOldNode, objectionTo as objectionToOld } from "../support/old-node.ts";

const repository = join(import.meta.dirname, "..", "..");
const file = join(repository, "lib", "node-version.js");
const { objectionTo } = (await import(file)) as { objectionTo(version: string): string | undefined };

const old = findOldNode();

it("accepts the versions of Node.js that package.json accepts", () => {
  const { engines } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect(engines).toEqual({ node: ">=22.18" });
  expect(["22.18.0", "22.19.1", "23.0.0", "24.21.0", "100.0.0"].map(objectionTo)).toEqual(Array(5).fill(undefined));
  expect(["20.20.2", "22.17.1", "22.9.0", "18.0.0"].map(objectionTo)).toEqual(
    ["20.20.2", "22.17.1", "22.9.0", "18.0.0"].map(
      (version) => `caravan needs Node.js 22.18 or newer, and this is ${version}; install a newer one, or put it first on PATH`,
    ),
  );
});

it("is checked before the library and the stack program load anything else", () => {
  const firstOf = (path: string) => /^(?:im|ex)port .*$/m.exec(readFileSync(join(repository, path), "utf8"))?.[0];
  expect(firstOf("components/index.ts")).toBe('import "../lib/node-version.js";');
  expect(firstOf("stacks/index.js")).toBe('import "../lib/node-version.js";');
  expect(readFileSync(join(repository, "Pulumi.yaml"), "utf8")).toContain("\nmain: stacks/index.js\n");
});

it.skipIf(old === undefined)("keeps an older Node.js from running any of the stack program", () => {
  const program = `import(${JSON.stringify(join(repository, "stacks", "index.js"))}).catch((error) => console.log(error.message, error.__pulumiRunError))`;
  expect(execFileSync(old!.path, ["--eval", program], { encoding: "utf8" })).toBe(`${objectionToOld(old!)} true\n`);
});
