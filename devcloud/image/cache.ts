import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../support/lock.ts";
import { cacheDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";

const imagesDir = join(cacheDir, "images");
const longestBuild = 3600;

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

// The folder appears under its name only when it is complete. Unfinished ones belong to interrupted runs: this process holds the lock.
async function buildWhole(kind: string, dir: string, build: (dir: string) => Promise<void>): Promise<void> {
  const prefix = `.${kind}.unfinished-`;
  for (const name of await readdir(imagesDir)) {
    if (name.startsWith(prefix)) await rm(join(imagesDir, name), { recursive: true, force: true });
  }
  const unfinished = join(imagesDir, `${prefix}${process.pid}`);
  await mkdir(unfinished);
  try {
    await build(unfinished);
    await rename(unfinished, dir);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
