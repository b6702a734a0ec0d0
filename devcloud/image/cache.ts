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
  /** Folder with what was built. */
  dir: string;
  /** Names everything that went into it. */
  hash: string;
}

/** Gives the folder that `build` fills, building it only when none exists for these inputs. */
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

/** A short name for a list of inputs: it changes whenever one of them, or their order, does. */
export function inputHash(inputs: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}

// The folder appears under its name only when it is complete.
async function buildWhole(kind: string, dir: string, build: (dir: string) => Promise<void>): Promise<void> {
  const prefix = `unfinished-${kind}-`;
  // Unfinished folders belong to interrupted runs, since this process holds the lock.
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

// Images are large, and one that was made for other inputs is not asked for again, unless another process is about to upload it.
function isUnused(name: string): boolean {
  return (Date.now() - statSync(join(imagesDir, name)).mtimeMs) / 1000 > longestUpload;
}

async function removeFolders(isUnneeded: (name: string) => boolean): Promise<void> {
  const names = (await readdir(imagesDir)).filter(isUnneeded);
  for (const name of names) await rm(join(imagesDir, name), { recursive: true, force: true });
}
