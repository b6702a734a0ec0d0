import { join } from "node:path";
import { run } from "../support/run.ts";
import { provide } from "../toolchain/provide.ts";
import { moduleSource } from "../toolchain/source.ts";
import { tools } from "../toolchain/tools.ts";
import { containerBase } from "./container-base.ts";
import { type ImageSources, parseImageNames } from "./container-images.ts";

/** Tools whose programs are in container images. */
export const imageToolNames = ["kubernetes", "etcd", "coredns", "pause", "agnhost", "cilium", "flannel", "flannel-cni"] as const;

/** Returns what container images are made from, and the names of those that kubeadm needs. */
export async function imageSources(): Promise<{ kubeadmNames: string[]; sources: ImageSources }> {
  const [programs, base] = await Promise.all([provide(imageToolNames), containerBase()]);
  const versions = { cilium: tools.cilium.version, flannel: tools.flannel.version, agnhost: tools.agnhost.version };
  const sources = { programs, base, versions, ciliumSource: await moduleSource("cilium") };
  return { kubeadmNames: await kubeadmImageNames(programs.kubernetes), sources };
}

async function kubeadmImageNames(programs: string): Promise<string[]> {
  const command = ["config", "images", "list", "--kubernetes-version", `v${tools.kubernetes.version}`];
  return parseImageNames(await run(join(programs, "kubeadm"), command, { deadline: 60 }));
}
