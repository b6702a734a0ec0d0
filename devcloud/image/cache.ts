import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { withLock } from "../support/lock.ts";
import { cacheDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";

const imagesDir = join(cacheDir, "images");
// Seconds.
const longestBuild = 3600;
const longestUpload = 3600;

export interface Artifact {
  /** Folder with the result. */
  dir: string;
  /** Hash of all inputs. */
  hash: string;
}

/** Returns the folder that `build` fills. Builds it only when none exists for these inputs. */
export async function cached(kind: string, inputs: readonly string[], build: (dir: string) => Promise<void>): Promise<Artifact> {
  const hash = inputHash(inputs);
  const dir = join(imagesDir, `${kind}-${hash}`);
  if (!existsSync(dir)) {
    await withLock(join(imagesDir, `${kind}.lock`), longestBuild, async () => {
      if (!existsSync(dir)) await step(`building ${kind}`, () => buildWhole(kind, dir, build));
    });
  }
  return { dir, hash };
}

/** Returns a short name for a list of inputs. It changes with each input and with their order. */
export function inputHash(inputs: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}

// The folder gets its name only when it is complete.
async function buildWhole(kind: string, dir: string, build: (dir: string) => Promise<void>): Promise<void> {
  const prefix = `unfinished-${kind}-`;
  // This process holds the lock, so unfinished folders belong to interrupted runs.
  await removeFolders((name) => name.startsWith(prefix));
  const unfinished = join(imagesDir, `${prefix}${process.pid}`);
  await mkdir(unfinished);
  try {
    await build(unfinished);
    await rename(unfinished, dir);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeFolders((name) => name.startsWith(`${kind}-`) && name !== basename(dir) && isUnused(name));
}

// Images are large, and one for other inputs is not needed any more, unless another process is about to upload it.
function isUnused(name: string): boolean {
  return (Date.now() - statSync(join(imagesDir, name)).mtimeMs) / 1000 > longestUpload;
}

async function removeFolders(isUnneeded: (name: string) => boolean): Promise<void> {
  const names = (await readdir(imagesDir)).filter(isUnneeded);
  for (const name of names) await rm(join(imagesDir, name), { recursive: true, force: true });
}
