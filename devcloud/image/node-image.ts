import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { step } from "../support/progress.ts";
import { run } from "../support/run.ts";
import { provide } from "../toolchain/provide.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { moduleSource } from "../toolchain/source.ts";
import { tools } from "../toolchain/tools.ts";
import { cached } from "./cache.ts";
import { containerBase } from "./container-base.ts";
import { containerImages, type ImageSources, parseImageNames, pauseImage } from "./container-images.ts";
import { importImages } from "./container-store.ts";
import { packDisk } from "./disk.ts";
import { makeNodeTree, nodeDebian } from "./node-tree.ts";
import { writeOciLayout } from "./oci-layout.ts";

// The kubelet removes container images when the disk is more than 85 % full. The image fills less than half of it.
const diskSize = 4 * 2 ** 30;
const diskName = "node.img";

const toolNames = ["kubernetes", "etcd", "coredns", "pause", "agnhost", "cilium", "flannel", "flannel-cni"] as const;

/** Builds a raw disk image for instances that become Kubernetes nodes. `hash` is the hash of all its inputs. */
export async function nodeImage(): Promise<{ file: string; hash: string }> {
  const inputs = [...toolNames.map(recipeKey), ...(await folderContent(import.meta.dirname))];
  const { dir, hash } = await cached("node-image", inputs, build);
  return { file: join(dir, diskName), hash };
}

async function build(work: string): Promise<void> {
  const [programs, debian] = await Promise.all([provide(["kubernetes", "etcd"]), nodeDebian()]);
  const root = join(work, "root");
  const names = await kubeadmImageNames(programs.kubernetes);
  await step("making the file tree of a node", () => makeNodeTree(root, { ...programs, debian, pauseImage: pauseImage(names) }));
  await fillContainerStore(root, work);
  await step("packing the disk image", () => packDisk(root, join(work, diskName), diskSize));
  await rm(root, { recursive: true });
}

/** Puts the container images of a node into the containerd store of a file tree. */
export async function fillContainerStore(root: string, work: string): Promise<void> {
  const [programs, base] = await Promise.all([provide(toolNames), containerBase()]);
  const versions = { cilium: tools.cilium.version, flannel: tools.flannel.version, agnhost: tools.agnhost.version };
  const sources: ImageSources = { programs, base, versions, ciliumSource: await moduleSource("cilium") };
  const layout = join(work, "images");
  const kubeadmNames = await kubeadmImageNames(programs.kubernetes);
  await step("packing container images", () => writeOciLayout(containerImages(kubeadmNames, sources), layout));
  await step("importing container images", () => importImages(layout, root, join(work, "containerd.log")));
  await rm(layout, { recursive: true });
}

async function kubeadmImageNames(programs: string): Promise<string[]> {
  const command = ["config", "images", "list", "--kubernetes-version", `v${tools.kubernetes.version}`];
  return parseImageNames(await run(join(programs, "kubeadm"), command, { deadline: 60 }));
}

async function folderContent(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (file) => `${file.slice(folder.length)}\n${await readFile(file, "utf8")}`));
}
