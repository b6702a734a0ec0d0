import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../image/cache.ts";
import { step } from "../support/progress.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { bareDebian } from "./bare-tree.ts";
import { DEBIAN_PACKAGES, downloadDebian, packKubernetes } from "./packages.ts";
import { writeRepository } from "./repository.ts";
import { endAgent, makeSigningKey } from "./signing-key.ts";

/** Two apt repositories in one folder: `debian`, and `kubernetes` for `packageRepository`. One key signs both. */
export interface PackageRepository {
  dir: string;
  /** Hash of all that it is made of. */
  hash: string;
  /** Fingerprint of the key. */
  fingerprint: string;
}

/** Returns the repositories. Builds them, with a key of their own, when the toolchain or the lists of packages have changed. */
export async function packageRepository(): Promise<PackageRepository> {
  const inputs = [recipeKey("kubernetes"), JSON.stringify(bareDebian), DEBIAN_PACKAGES.join(" "), await readFile(packagesFile, "utf8")];
  const { dir, hash } = await cached("package-repository", inputs, build);
  return { dir, hash, fingerprint: await readFile(join(dir, "fingerprint"), "utf8") };
}

const packagesFile = join(import.meta.dirname, "packages.ts");

async function build(work: string): Promise<void> {
  const home = join(work, "key");
  const key = await makeSigningKey(home);
  const folders = { debian: downloadDebian, kubernetes: packKubernetes };
  for (const [name, fill] of Object.entries(folders)) {
    const folder = join(work, name);
    await mkdir(folder);
    await step(`packages of ${name}`, () => fill(folder));
    await writeRepository(folder, key);
  }
  await writeFile(join(work, "fingerprint"), key.fingerprint);
  await endAgent(home);
  await rm(home, { recursive: true, force: true });
}
