import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheDir } from "../support/paths.ts";
import type { Build, Tool } from "./tool.ts";
import type { ToolName } from "./tools.ts";
import { tools } from "./tools.ts";

/** File that a build reads, by its name in the module's folder. */
export interface RecipeFile {
  name: string;
  content: string;
}

/** Returns the folder of a tool's builds, with logs and interrupted builds beside the finished ones. */
export function toolDir(name: ToolName): string {
  return join(cacheDir, "toolchain", name);
}

/** Returns the folder of a pinned Go module. */
export function moduleDir(build: Build): string {
  return join(import.meta.dirname, "modules", build.module);
}

/** Returns the name of a tool's folder in the cache: its version, and a hash of everything that affects the build. */
export function recipeKey(name: ToolName): string {
  const tool: Tool = tools[name];
  return cacheKey(tool, tool.builds.flatMap(recipeFiles));
}

/** Returns the cache key of a tool that is built with these files. */
export function cacheKey(tool: Tool, files: readonly RecipeFile[]): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([tool, files]))
    .digest("hex");
  return `${tool.version}-${hash.slice(0, 12)}`;
}

/** Returns the name that `go build` gives to the executable of a package: the last part of its path that is no major version. */
export function builtName(build: Build, goPackage: string): string {
  const path = goPackage === "." ? build.module : goPackage;
  return basename(path.replace(/\/v\d+$/, ""));
}

function recipeFiles(build: Build): RecipeFile[] {
  const folder = moduleDir(build);
  return readdirSync(folder)
    .filter((name) => name === "go.mod" || name === "go.sum" || name.endsWith(".go"))
    .sort()
    .map((name) => ({ name, content: readFileSync(join(folder, name), "utf8") }));
}
