import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../image/cache.ts";
import { step } from "../support/progress.ts";
import { DEFAULT, type KubernetesVersion, type OtherVersion, toolsOf } from "../toolchain/kubernetes-versions.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { bareDebian } from "./bare-tree.ts";
import { DEBIAN_PACKAGES, downloadDebian, packKubernetes } from "./packages.ts";
import { writeRepository } from "./repository.ts";
import { endAgent, type SigningKey, signingKey } from "./signing-key.ts";

/** URL under which machines of devcloud find the repositories, while a server runs there. */
export const PACKAGES_URL = "http://172.24.4.1:8880";

/** `packageRepository` of a cluster: the repository of each minor version of Kubernetes. */
export const KUBERNETES_URL = `${PACKAGES_URL}/kubernetes/v{minor}/`;

/** apt repositories in one folder: `debian`, and `kubernetes/v1.36` and so on. One key signs all. */
export interface PackageRepository {
  dir: string;
  /** Fingerprint of the key. */
  fingerprint: string;
}

/** Returns the repositories, which have the default version of Kubernetes and the other given ones. What they are made of is built first. */
export async function packageRepository(others: readonly OtherVersion[] = []): Promise<PackageRepository> {
  const versions = [DEFAULT.kubernetes, ...others];
  const key = await signingKey();
  const keys = versions.map((version) => recipeKey(toolsOf(version).kubernetes));
  const files = await Promise.all(["packages.ts", "provide.ts"].map((name) => readFile(join(import.meta.dirname, name), "utf8")));
  const inputs = [key.fingerprint, ...keys, JSON.stringify(bareDebian), DEBIAN_PACKAGES.join(" "), ...files];
  const { dir } = await cached("package-repository", inputs, (work) => build(work, versions, key));
  return { dir, fingerprint: key.fingerprint };
}

async function build(work: string, versions: readonly KubernetesVersion[], key: SigningKey): Promise<void> {
  const debian = join(work, "debian");
  await mkdir(debian);
  await step("packages of Debian", () => downloadDebian(debian));
  const folders = new Set([debian]);
  for (const version of versions) {
    const folder = join(work, folderOf(version));
    await mkdir(folder, { recursive: true });
    await step(`packages of Kubernetes ${version}`, () => packKubernetes(version, folder));
    folders.add(folder);
  }
  for (const folder of folders) await writeRepository(folder, key);
  await endAgent(key.options[1]!);
}

function folderOf(version: KubernetesVersion): string {
  return `kubernetes/v${version.split(".").slice(0, 2).join(".")}`;
}
