import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../support/run.ts";
import { goCommand } from "./go.ts";
import { moduleDir } from "./recipe.ts";
import type { Tool } from "./tool.ts";
import type { ToolName } from "./tools.ts";
import { tools } from "./tools.ts";

/** Returns the folder with the sources of a tool. They include charts, scripts and BPF programs. */
export function moduleSource(name: ToolName): Promise<string> {
  return sourceOf(tools[name]);
}

/** Copies a tool's source into a new folder, without some of its folders and without main.go's imports of them. */
export async function sourceWithout(tool: Tool, unneeded: readonly string[], folder: string): Promise<string> {
  await cp(await sourceOf(tool), folder, { recursive: true });
  // Files in Go's module cache are read-only.
  await run("chmod", ["--recursive", "u+w", folder], { deadline: 60 });
  for (const path of unneeded) await rm(join(folder, path), { recursive: true });
  const main = join(folder, "main.go");
  await writeFile(main, withoutImports(await readFile(main, "utf8"), unneeded));
  return folder;
}

/** Removes the blank imports of packages in these folders from the text of a Go file. */
export function withoutImports(text: string, folders: readonly string[]): string {
  const lines = text.split("\n");
  return lines.filter((line) => !folders.some((folder) => /^\s*_ "/.test(line) && line.endsWith(`/${folder}"`))).join("\n");
}

async function sourceOf({ source, builds }: Tool): Promise<string> {
  const build = builds[0];
  if (source === undefined || build === undefined) throw new Error("a program of our own has no module source");
  const go = await goCommand();
  const answer = await run(go.command, ["mod", "download", "-json", source], { cwd: moduleDir(build), env: go.env, deadline: 600 });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
