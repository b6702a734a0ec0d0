import { join } from "node:path";
import { run } from "../support/run.ts";
import { DEFAULT, LATE_ETCD, LATE_ETCD_TAGS, type OtherVersion, toolsOf } from "../toolchain/kubernetes-versions.ts";
import { provide } from "../toolchain/provide.ts";
import { moduleSource } from "../toolchain/source.ts";
import { tools } from "../toolchain/tools.ts";
import { containerBase } from "./container-base.ts";
import { etcdImage, type ImageSources, kubeadmImages, parseImageNames } from "./container-images.ts";
import type { ContainerImage } from "./oci-layout.ts";

/** Tools whose programs are in container images. */
export const imageToolNames = ["kubernetes", "etcd", "coredns", "pause", "agnhost", "cilium", "flannel", "flannel-cni"] as const;

/** Returns what container images are made from, and the names of those that kubeadm needs. */
export async function imageSources(): Promise<{ kubeadmNames: string[]; sources: ImageSources }> {
  const [programs, base] = await Promise.all([provide(imageToolNames), containerBase()]);
  const versions = { cilium: tools.cilium.version, flannel: tools.flannel.version, agnhost: tools.agnhost.version };
  const sources = { programs, base, versions, ciliumSource: await moduleSource("cilium") };
  return { kubeadmNames: await kubeadmImageNames(programs.kubernetes, DEFAULT.kubernetes), sources };
}

/** Returns the images of other versions of Kubernetes: those that kubeadm of each names, and the last etcd before 3.7. No two have the same name. */
export async function imagesOfVersions(versions: readonly OtherVersion[]): Promise<ContainerImage[]> {
  if (versions.length === 0) return [];
  const late = `etcd-${LATE_ETCD}` as const;
  const { [late]: programs } = await provide([late]);
  const images = LATE_ETCD_TAGS.map((tag) => etcdImage(`registry.k8s.io/etcd:${tag}`, programs));
  for (const version of versions) images.push(...(await imagesOfVersion(version)));
  return [...new Map(images.map((image) => [image.name, image])).values()];
}

async function imagesOfVersion(version: OtherVersion): Promise<ContainerImage[]> {
  const names = toolsOf(version);
  const folders = await provide([...Object.values(names), "pause"]);
  const [kubernetes, etcd, coredns] = [folders[names.kubernetes], folders[names.etcd], folders[names.coredns]];
  const sources = { programs: { kubernetes, etcd, coredns, pause: folders.pause }, base: await containerBase() };
  return kubeadmImages(await kubeadmImageNames(kubernetes, version), sources);
}

async function kubeadmImageNames(programs: string, version: string): Promise<string[]> {
  const command = ["config", "images", "list", "--kubernetes-version", `v${version}`];
  return parseImageNames(await run(join(programs, "kubeadm"), command, { deadline: 60 }));
}
