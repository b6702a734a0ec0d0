import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { succeeds } from "../support/run.ts";
import type { Plugin } from "./plugins.ts";
import { executableName } from "./plugins.ts";

const reachableWithin = 3;
const downloadedWithin = 90;
/** Seconds before the next attempt on a machine without internet. */
export const rememberedFor = 6 * 60 * 60;

/**
 * Downloads an official plugin with Pulumi's own command. Returns false when this machine cannot. A failure is remembered for some hours.
 */
export async function downloadPlugin(plugin: Plugin, pulumi: string): Promise<boolean> {
  const failure = join(cacheDir, "plugins", `${plugin.name}-${plugin.version}.unreachable`);
  if (isRecent(failure, Date.now())) return false;
  if ((await canReach(plugin)) && (await install(plugin, pulumi))) {
    rmSync(failure, { force: true });
    return true;
  }
  mkdirSync(dirname(failure), { recursive: true });
  writeFileSync(failure, "");
  return false;
}

/** Returns whether a file was written within the time that a failure is remembered. */
export function isRecent(file: string, now: number): boolean {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && now - written < rememberedFor * 1000;
}

/** Requests the head of the file that Pulumi would download. */
async function canReach(plugin: Plugin): Promise<boolean> {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  const url = `https://get.pulumi.com/releases/plugins/${executableName(plugin)}-v${plugin.version}-linux-${architecture}.tar.gz`;
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(reachableWithin * 1000) })).ok;
  } catch {
    return false; // no DNS, no route, or no answer in time: no internet
  }
}

function install(plugin: Plugin, pulumi: string): Promise<boolean> {
  const args = ["plugin", "install", "resource", plugin.name, plugin.version];
  return step(`downloading the Pulumi plugin ${plugin.name} ${plugin.version}`, () =>
    succeeds(pulumi, args, { deadline: downloadedWithin }),
  );
}
