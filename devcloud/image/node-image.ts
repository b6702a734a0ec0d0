import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../support/progress.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { cached } from "./cache.ts";
import { containerImages, pauseImage } from "./container-images.ts";
import { importImages } from "./container-store.ts";
import { packDisk } from "./disk.ts";
import { imageSources, imageToolNames } from "./image-sources.ts";
import { makeNodeTree, nodeDebian } from "./node-tree.ts";
import { writeOciLayout } from "./oci-layout.ts";

// The kubelet removes container images when the disk is more than 85 % full. The image fills less than half of it.
const diskSize = 4 * 2 ** 30;
const diskName = "node.img";

/** Builds a raw disk image for instances that become Kubernetes nodes. `hash` is the hash of all its inputs. */
export async function nodeImage(): Promise<{ file: string; hash: string }> {
  const inputs = [...imageToolNames.map(recipeKey), ...(await folderContent(import.meta.dirname))];
  const { dir, hash } = await cached("node-image", inputs, build);
  return { file: join(dir, diskName), hash };
}

async function build(work: string): Promise<void> {
  const [{ kubeadmNames, sources }, debian] = await Promise.all([imageSources(), nodeDebian()]);
  const root = join(work, "root");
  const contents = { ...sources.programs, debian, pauseImage: pauseImage(kubeadmNames) };
  await step("making the file tree of a node", () => makeNodeTree(root, contents));
  await fillContainerStore(root, work);
  await step("packing the disk image", () => packDisk(root, join(work, diskName), diskSize));
  await rm(root, { recursive: true });
}

/** Puts the container images of a node into the containerd store of a file tree. */
export async function fillContainerStore(root: string, work: string): Promise<void> {
  const { kubeadmNames, sources } = await imageSources();
  const layout = join(work, "images");
  await step("packing container images", () => writeOciLayout(containerImages(kubeadmNames, sources), layout));
  await step("importing container images", () => importImages(layout, root, join(work, "containerd.log")));
  await rm(layout, { recursive: true });
}

async function folderContent(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (file) => `${file.slice(folder.length)}\n${await readFile(file, "utf8")}`));
}
