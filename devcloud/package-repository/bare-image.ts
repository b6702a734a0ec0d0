import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../image/cache.ts";
import { packDisk } from "../image/disk.ts";
import { imageToolNames } from "../image/image-sources.ts";
import { fillContainerStore } from "../image/node-image.ts";
import { step } from "../support/progress.ts";
import { run } from "../support/run.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { makeBareRoot } from "./bare-tree.ts";
import { PACKAGES_URL } from "./provide.ts";
import { signingKey } from "./signing-key.ts";

const diskSize = 4 * 2 ** 30;
const diskName = "bare.qcow2";

/**
 * Builds a disk image with nothing but a Debian system, whose apt sources are devcloud's repository. Machines have no way to a registry, so
 * that the container images of a node are in containerd's folder already, though no containerd is.
 */
export async function bareImage(): Promise<string> {
  const { fingerprint, publicKey } = await signingKey();
  const own = await Promise.all(["bare-image.ts", "bare-tree.ts"].map((name) => readFile(join(import.meta.dirname, name), "utf8")));
  const { dir } = await cached("bare-image", [fingerprint, ...imageToolNames.map(recipeKey), ...own], async (work) => {
    const root = join(work, "root");
    await step("making the file tree of a bare machine", () => makeBareRoot(root));
    await writeFile(join(root, "etc/apt/keyrings/devcloud.asc"), publicKey);
    await writeFile(join(root, "etc/apt/sources.list"), `deb [signed-by=/etc/apt/keyrings/devcloud.asc] ${PACKAGES_URL}/debian/ ./\n`);
    await fillContainerStore(root, work);
    await step("packing the disk image", () => packDisk(root, join(work, "bare.img"), diskSize));
    await run("qemu-img", ["convert", "-O", "qcow2", join(work, "bare.img"), join(work, diskName)], { deadline: 300 });
    for (const name of ["root", "bare.img"]) await rm(join(work, name), { recursive: true });
  });
  return join(dir, diskName);
}
