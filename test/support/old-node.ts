import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** A Node.js of this machine's that is too old for the library, beside the project's own. */
export interface OldNode {
  path: string;
  version: string;
}

/** The first on PATH or in /usr/bin, if there is one. */
export function findOldNode(): OldNode | undefined {
  for (const folder of [...(process.env.PATH ?? "").split(":"), "/usr/bin"]) {
    const path = join(folder, "node");
    const [, version] = /^v((?:1\d|20|21)\..*)$/m.exec(spawnSync(path, ["--version"], { encoding: "utf8" }).stdout ?? "") ?? [];
    if (version) return { path, version };
  }
  return undefined;
}

/** What it must say when it loads the library. */
export function objectionTo({ version }: OldNode): string {
  return `caravan needs Node.js 22.18 or newer, and this is ${version}; install a newer one, or put it first on PATH`;
}
