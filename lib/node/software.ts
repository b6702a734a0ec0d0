import type { KubeletArgs } from "../kubeadm/kubelet.ts";
import { type ContainerRuntimeArgs, containerRuntimeFiles, DEFAULT_CGROUP_DRIVER } from "./container-runtime.ts";
import { encodeNodeFiles } from "./files.ts";
import { kernelSettings, type Sysctls } from "./kernel-settings.ts";
import { minorOf } from "./kubernetes-version.ts";
import { type RegistryArgs, registryFiles } from "./registries.ts";

/** What runs on nodes below Kubernetes' own objects. */
export interface NodeSoftwareArgs {
  /** Full Kubernetes version, without "v"; 1.34 to 1.37. */
  kubernetesVersion: string;
  /** Where container images come from. @default the registries that images name */
  registries?: RegistryArgs;
  /** apt repository of kubeadm, kubelet and kubectl, for machines whose image has not the right version; "{minor}" stands for the minor version. @default pkgs.k8s.io */
  packageRepository?: string;
  /** Settings of the kernel, which win over the library's. @default those that Kubernetes needs, and in a cluster those of its size */
  sysctls?: Sysctls;
  /** kubeadm preflight checks whose failure is only a warning, like "SystemVerification". @default none */
  ignorePreflightErrors?: string[];
}

/** What one machine's software is made from. */
export interface PreparationArgs extends NodeSoftwareArgs {
  /** Settings of containerd. @default the systemd cgroup driver, and nothing else */
  containerRuntime?: ContainerRuntimeArgs;
}

/** The community's package repository: one for each minor version (https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/). */
export const DEFAULT_PACKAGE_REPOSITORY = "https://pkgs.k8s.io/core:/stable:/v{minor}/deb/";

/** The input of the script that makes a machine fit to be a node. */
export function preparationInput({
  kubernetesVersion,
  registries = {},
  containerRuntime = {},
  sysctls,
  packageRepository = DEFAULT_PACKAGE_REPOSITORY,
}: PreparationArgs): Record<string, string> {
  return {
    KUBERNETES_VERSION: kubernetesVersion,
    PACKAGE_REPOSITORY: packageRepository.replace("{minor}", minorOf(kubernetesVersion)).replace(/\/*$/, "/"),
    CGROUP_DRIVER: containerRuntime.cgroupDriver ?? DEFAULT_CGROUP_DRIVER,
    FILES: encodeNodeFiles([...kernelSettings(sysctls), ...registryFiles(registries), ...containerRuntimeFiles(containerRuntime)]),
  };
}

/** Settings of a cluster's kubelets, beside its software. */
export interface ClusterSoftwareArgs extends NodeSoftwareArgs {
  /** Settings of all kubelets. @default the library's */
  kubelet?: KubeletArgs;
}
