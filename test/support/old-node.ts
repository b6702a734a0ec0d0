import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Node.js on this machine that is too old for the library, beside the project's own. */
export interface OldNode {
  path: string;
  version: string;
}

/** Finds the first one on PATH or in /usr/bin. */
export function findOldNode(): OldNode | undefined {
  for (const folder of [...(process.env.PATH ?? "").split(":"), "/usr/bin"]) {
    const path = join(folder, "node");
    const [, version] = /^v((?:1\d|20|21)\..*)$/m.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "") ?? [];
    if (version) return { path, version };
  }
  return undefined;
}

/** Returns the error that it must print when it loads the library. */
export function objectionTo({ version }: OldNode): string {
  return `caravan needs Node.js 22.18 or newer, and this is ${version}; install a newer one, or put it first on PATH`;
}
