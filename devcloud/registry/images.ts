import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cached } from "../image/cache.ts";
import { containerImages, pauseImage } from "../image/container-images.ts";
import { imageSources, imageToolNames } from "../image/image-sources.ts";
import { type ContainerImage, writeOciLayout } from "../image/oci-layout.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { makeRegistryStore } from "./store.ts";

/** Folder of the registry with kubeadm's images, for `imageRepository`. */
export const KUBEADM_FOLDER = "kubernetes";

/** Images that no machine has, and that only a mirror of Docker Hub gives. */
export const PROBES = ["docker.io/library/probe:1", "docker.io/library/probe:2"] as const;

/** Returns the storage folder of a registry with all images of the node image, each below the name of its own registry. */
export async function registryImages(): Promise<string> {
  const sources = ["store.ts", "images.ts", "../image/container-images.ts", "../image/oci-layout.ts"];
  const texts = await Promise.all(sources.map((file) => readFile(join(import.meta.dirname, file), "utf8")));
  const { dir } = await cached("registry-images", [...imageToolNames.map(recipeKey), ...texts], async (work) => {
    const { kubeadmNames, sources } = await imageSources();
    const images = containerImages(kubeadmNames, sources);
    const layout = join(work, "layout");
    await writeOciLayout([...images, ...probes(images, pauseImage(kubeadmNames))], layout);
    await makeRegistryStore(layout, work, (name) => [
      name,
      ...(kubeadmNames.includes(name) ? [`${KUBEADM_FOLDER}/${basename(name)}`] : []),
    ]);
    await rm(layout, { recursive: true });
  });
  return dir;
}

function probes(images: readonly ContainerImage[], pause: string): ContainerImage[] {
  const image = images.find(({ name }) => name === pause)!;
  return PROBES.map((name) => ({ ...image, name }));
}
