import { basename, join } from "node:path";
import type { ContainerImage } from "./oci-layout.ts";

/** Folders with the executables of the images that kubeadm names. */
export interface KubernetesFolders {
  kubernetes: string;
  etcd: string;
  coredns: string;
  pause: string;
}

/** Folders with executables, by tool. */
export interface ProgramFolders extends KubernetesFolders {
  agnhost: string;
  cilium: string;
  flannel: string;
  "flannel-cni": string;
}

export interface ImageSources {
  programs: ProgramFolders;
  /** Tar file of the small Debian below the images that need one. */
  base: string;
  /** Sources of Cilium, with its scripts and BPF programs. */
  ciliumSource: string;
  versions: { cilium: string; flannel: string; agnhost: string };
}

/** CNI plugin's image in flannel's chart. */
const flannelCniImage = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3";

/** Lists every container image of the node image: those that kubeadm names, Cilium's, flannel's, and Kubernetes' test workload. */
export function containerImages(kubeadmNames: readonly string[], sources: ImageSources): ContainerImage[] {
  return [...kubeadmImages(kubeadmNames, sources), ...ciliumImages(sources), ...flannelImages(sources), agnhostImage(sources)];
}

/** Lists the container images that kubeadm names. */
export function kubeadmImages(names: readonly string[], sources: { programs: KubernetesFolders; base: string }): ContainerImage[] {
  return names.map((name) => kubeadmImage(name, sources));
}

/** Parses the output of `kubeadm config images list` into image names. */
export function parseImageNames(output: string): string[] {
  return output.split("\n").filter((line) => line !== "");
}

/** Finds the image among kubeadm's with which containerd starts each pod. */
export function pauseImage(kubeadmNames: readonly string[]): string {
  const name = kubeadmNames.find((candidate) => program(candidate) === "pause");
  if (name === undefined) throw new Error(`kubeadm names no pause image, only ${kubeadmNames.join(", ")}`);
  return name;
}

function kubeadmImage(name: string, { programs, base }: { programs: KubernetesFolders; base: string }): ContainerImage {
  switch (program(name)) {
    case "kube-apiserver":
    case "kube-controller-manager":
    case "kube-scheduler":
      return singleProgram(name, join(programs.kubernetes, program(name)), `/usr/local/bin/${program(name)}`);
    case "kube-proxy":
      // kube-proxy calls nft, or iptables.
      return { ...singleProgram(name, join(programs.kubernetes, "kube-proxy"), "/usr/local/bin/kube-proxy"), base };
    case "etcd":
      return etcdImage(name, programs.etcd);
    case "coredns":
      return singleProgram(name, join(programs.coredns, "coredns"), "/coredns");
    case "pause":
      return singleProgram(name, join(programs.pause, "pause"), "/pause");
    default:
      throw new Error(`kubeadm needs the image ${name}, for which there is no build: add one to ${basename(import.meta.filename)}`);
  }
}

/** Makes an image of etcd from a folder with its programs. */
export function etcdImage(name: string, folder: string): ContainerImage {
  const files = ["etcd", "etcdctl", "etcdutl"].map((file) => [`/usr/local/bin/${file}`, join(folder, file)]);
  return { name, files: Object.fromEntries(files), entrypoint: ["/usr/local/bin/etcd"] };
}

function ciliumImages({ programs, base, ciliumSource, versions }: ImageSources): ContainerImage[] {
  const executables = ["cilium-agent", "cilium-dbg", "cilium-health-responder", "cilium-mount", "cilium-sysctlfix"];
  const scripts = ["images/cilium/init-container.sh", "plugins/cilium-cni/install-plugin.sh", "plugins/cilium-cni/cni-uninstall.sh"];
  const agent = {
    name: `quay.io/cilium/cilium:v${versions.cilium}`,
    base,
    files: {
      ...Object.fromEntries(executables.map((file) => [`/usr/bin/${file}`, join(programs.cilium, file)])),
      ...Object.fromEntries(scripts.map((file) => [`/${basename(file)}`, join(ciliumSource, file)])),
      "/opt/cni/bin/cilium-cni": join(programs.cilium, "cilium-cni"),
      "/var/lib/cilium/bpf": join(ciliumSource, "bpf"),
    },
    entrypoint: ["/usr/bin/cilium-agent"],
  };
  const operator = singleProgram(
    `quay.io/cilium/operator-generic:v${versions.cilium}`,
    join(programs.cilium, "cilium-operator-generic"),
    "/usr/bin/cilium-operator-generic",
  );
  return [agent, operator];
}

function flannelImages({ programs, base, versions }: ImageSources): ContainerImage[] {
  const daemon = {
    name: `ghcr.io/flannel-io/flannel:v${versions.flannel}`,
    base,
    files: Object.fromEntries(["flanneld", "install-conf"].map((file) => [`/opt/bin/${file}`, join(programs.flannel, file)])),
    entrypoint: ["/opt/bin/flanneld"],
  };
  // The chart copies the plugin to the node with cp.
  const plugin = { ...singleProgram(flannelCniImage, join(programs["flannel-cni"], "flannel"), "/flannel"), base };
  return [daemon, plugin];
}

function agnhostImage({ programs, versions }: ImageSources): ContainerImage {
  return singleProgram(`registry.k8s.io/e2e-test-images/agnhost:${versions.agnhost}`, join(programs.agnhost, "agnhost"), "/agnhost");
}

function singleProgram(name: string, file: string, path: string): ContainerImage {
  return { name, files: { [path]: file }, entrypoint: [path] };
}

function program(imageName: string): string {
  return basename(imageName).replace(/:.*/, "");
}
