import { expect, test } from "vitest";
import { builtName, cacheKey, recipeKey } from "../../../devcloud/toolchain/recipe.ts";
import type { Build, Tool } from "../../../devcloud/toolchain/tool.ts";
import type { ToolName } from "../../../devcloud/toolchain/tools.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";

const build: Build = { module: "hammer", executables: { hammer: "example.org/hammer" } };
const hammer: Tool = { version: "1.2.3", builds: [build] };
const files = [
  { name: "go.mod", content: "module hammer" },
  { name: "go.sum", content: "" },
];

test("a cache key is the version and a stable hash", () => {
  expect(cacheKey(hammer, files)).toBe("1.2.3-6cbe5f93354e");
});

test("a cache key changes with each file, tag and variable of the build", () => {
  const keys = [
    cacheKey(hammer, files),
    cacheKey(hammer, [{ name: "go.mod", content: "module nail" }, ...files.slice(1)]),
    cacheKey(hammer, [...files, { name: "main.go", content: "package main" }]),
    cacheKey({ ...hammer, builds: [{ ...build, tags: ["heavy"] }] }, files),
    cacheKey({ ...hammer, builds: [{ ...build, variables: { "main.version": "2" } }] }, files),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test("every tool has its own cache key", () => {
  const names = Object.keys(tools) as ToolName[];
  expect(new Set(names.map(recipeKey)).size).toBe(names.length);
});

test.each([
  ["example.org/hammer/cmd/nail", "nail"],
  ["example.org/hammer/v3", "hammer"],
  [".", "hammer"],
])("go names the executable of package %s %s", (goPackage, name) => {
  expect(builtName(build, goPackage)).toBe(name);
});
