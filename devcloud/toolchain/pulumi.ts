import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheDir, repositoryDir } from "../support/paths.ts";
import { CommandFailed, run } from "../support/run.ts";
import { downloadPlugin } from "./download.ts";
import type { Plugin } from "./plugins.ts";
import { executableName, isInstalled, neededPlugins } from "./plugins.ts";
import { provide } from "./provide.ts";
import { atLeast } from "./version.ts";

/** First release whose language host and engine have everything that the components use. */
const firstUsable = "3.225.0";

/** Returns the folders that must be first on PATH, so that `pulumi`, its language host and the resource plugins are found. */
export async function pulumiTools(): Promise<{ path: string[] }> {
  const path = (await usablePulumi()) ? [] : [(await provide(["pulumi"])).pulumi];
  const pulumi = join(path[0] ?? "", "pulumi");
  const substitutes = await Promise.all((await missingPlugins(pulumi)).map(substitute));
  if (substitutes.length > 0) path.push(linkFolder(substitutes));
  return { path };
}

async function usablePulumi(): Promise<boolean> {
  try {
    const version = await run("pulumi", ["version"], { deadline: 30, env: { PULUMI_SKIP_UPDATE_CHECK: "true" } });
    return atLeast(version, firstUsable);
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}

/** Lists the plugins that are not installed and cannot be downloaded. */
async function missingPlugins(pulumi: string): Promise<Plugin[]> {
  const wanted = neededPlugins().filter((plugin) => !isInstalled(plugin));
  const downloaded = await Promise.all(wanted.map((plugin) => downloadPlugin(plugin, pulumi)));
  return wanted.filter((_, index) => !downloaded[index]);
}

/** Returns the executable that replaces an official plugin. */
async function substitute(plugin: Plugin): Promise<string> {
  const isBuilt = plugin.name === "openstack";
  const folder = isBuilt
    ? (await provide(["pulumi-resource-openstack"]))["pulumi-resource-openstack"]
    : join(repositoryDir, "devcloud", "plugins", "bin");
  return join(folder, executableName(plugin));
}

/** Makes a folder with links to only these executables. A whole folder on PATH would hide official plugins beside them. */
function linkFolder(executables: readonly string[]): string {
  const key = createHash("sha256").update(executables.join("\n")).digest("hex").slice(0, 12);
  const folder = join(cacheDir, "plugins", key);
  mkdirSync(folder, { recursive: true });
  for (const executable of executables) link(executable, join(folder, basename(executable)));
  return folder;
}

function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    // The folder is named after its targets, so an existing link is the same.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
