import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../support/lock.ts";
import { cacheDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { goBuild } from "./build.ts";
import { recipeKey, toolDir } from "./recipe.ts";
import type { Tool } from "./tool.ts";
import type { ToolName } from "./tools.ts";
import { tools } from "./tools.ts";

export type { ToolName } from "./tools.ts";

/** Long enough for another process to finish two builds. */
const lockDeadline = 40 * 60;

/** Returns the folder with the executables of each tool. Builds missing tools first. */
export async function provide<T extends ToolName>(names: readonly T[]): Promise<Record<T, string>> {
  const folders: [T, string][] = [];
  // Sequentially, since each build uses all cores.
  for (const name of names) folders.push([name, await provideTool(name)]);
  return Object.fromEntries(folders) as Record<T, string>;
}

async function provideTool(name: ToolName): Promise<string> {
  const key = recipeKey(name);
  const folder = join(toolDir(name), key);
  if (!existsSync(folder)) {
    await withLock(join(cacheDir, "toolchain", "lock"), lockDeadline, async () => {
      if (!existsSync(folder)) await buildTool(name, key);
    });
  }
  return folder;
}

async function buildTool(name: ToolName, key: string): Promise<void> {
  const tool: Tool = tools[name];
  const log = join(toolDir(name), `${key}.log`);
  // Its own name: a compiler that outlived its killed parent may still write into an older folder.
  const unfinished = join(toolDir(name), `${unfinishedPrefix}${process.pid}`);
  mkdirSync(toolDir(name), { recursive: true });
  removeInterruptedBuilds(name);
  mkdirSync(unfinished);
  await step(`building ${name} ${tool.version} (log: ${log})`, async () => {
    for (const build of tool.builds) await goBuild(tool, build, unfinished, log);
  });
  renameSync(unfinished, join(toolDir(name), key));
}

const unfinishedPrefix = "unfinished-";

/** Removes unfinished builds. Only the holder of the lock builds, so all of them were interrupted. */
function removeInterruptedBuilds(name: ToolName): void {
  for (const entry of readdirSync(toolDir(name))) {
    if (entry.startsWith(unfinishedPrefix)) rmSync(join(toolDir(name), entry), { recursive: true });
  }
}
