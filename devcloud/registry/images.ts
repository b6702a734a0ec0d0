import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cached } from "../image/cache.ts";
import { containerImages, pauseImage } from "../image/container-images.ts";
import { imageSources, imagesOfVersions, imageToolNames } from "../image/image-sources.ts";
import { type ContainerImage, writeOciLayout } from "../image/oci-layout.ts";
import { type OtherVersion, toolsOf } from "../toolchain/kubernetes-versions.ts";
import { recipeKey } from "../toolchain/recipe.ts";
import { type AddOn, addOnImages, toolsOfAddOns } from "./add-on-images.ts";
import { makeRegistryStore } from "./store.ts";

/** Folder of the registry with kubeadm's images, for `imageRepository`. */
export const KUBEADM_FOLDER = "kubernetes";

/** Images that no machine has, and that only a mirror of Docker Hub gives. */
export const PROBES = ["docker.io/library/probe:1", "docker.io/library/probe:2"] as const;

/**
 * Returns the storage folder of a registry with all images of the node image, each below the name of its own registry, and with those of other versions of
 * Kubernetes and of add-ons. What those are made of is built first.
 */
export async function registryImages(versions: readonly OtherVersion[] = [], addOns: readonly AddOn[] = []): Promise<string> {
  const sources = [
    "store.ts",
    "images.ts",
    "add-on-images.ts",
    "../image/container-images.ts",
    "../image/image-sources.ts",
    "../image/oci-layout.ts",
  ];
  const texts = await Promise.all(sources.map((file) => readFile(join(import.meta.dirname, file), "utf8")));
  const names = [...imageToolNames, ...versions.flatMap((version) => Object.values(toolsOf(version))), ...toolsOfAddOns(addOns)];
  const { dir } = await cached("registry-images", [...names.map(recipeKey), ...texts], async (work) => {
    const { kubeadmNames, sources } = await imageSources();
    const images = containerImages(kubeadmNames, sources);
    const known = new Set(images.map(({ name }) => name));
    const others = (await imagesOfVersions(versions)).filter(({ name }) => !known.has(name));
    const layout = join(work, "layout");
    await writeOciLayout([...images, ...others, ...(await addOnImages(addOns)), ...probes(images, pauseImage(kubeadmNames))], layout);
    const ofKubeadm = new Set([...kubeadmNames, ...others.map(({ name }) => name)]);
    await makeRegistryStore(layout, work, (name) => [name, ...(ofKubeadm.has(name) ? [`${KUBEADM_FOLDER}/${basename(name)}`] : [])]);
    await rm(layout, { recursive: true });
  });
  return dir;
}

function probes(images: readonly ContainerImage[], pause: string): ContainerImage[] {
  const image = images.find(({ name }) => name === pause)!;
  return PROBES.map((name) => ({ ...image, name }));
}
