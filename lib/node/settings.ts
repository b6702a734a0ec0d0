import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { type KubeletSettings, kubelet } from "../kubeadm/settings.ts";
import { type ProxySettings, proxy } from "../proxy/settings.ts";
import { type RegistrySettings, registries } from "../registries/settings.ts";
import { input, numberOrText, object, ruledWord, text, texts } from "../schema.ts";

/** Cgroup drivers of containerd. */
export const CGROUP_DRIVERS = ["systemd", "cgroupfs"] as const;

/** Settings of containerd, the container runtime. */
export interface ContainerRuntimeSettings {
  /** Cgroup driver, which manages the resources of containers: "systemd" or "cgroupfs"; fixed once a node has joined. @default "systemd" */
  cgroupDriver?: (typeof CGROUP_DRIVERS)[number];
  /**
   * Further TOML for containerd, beginning with its version like containerd's own configuration; changed in place.
   * Of a plugin that is named there, containerd 1 takes all settings from there, containerd 2 those that are named. @default none
   */
  configuration?: string;
}

/** File that is written on machines. */
export interface FileSettings {
  /** Absolute path, without spaces; missing folders are made. */
  path: string;
  /** Text of the file; may be a secret, which reaches the machine over SSH alone. */
  content: Input<string>;
  /** Permissions in octal, like "0644". @default "0600" */
  permissions?: string;
  /** Owner, "user" or "user:group", which the machine must have. @default "root:root" */
  owner?: string;
}

/** Files and commands of the user's own on machines. */
export interface SetupSettings {
  /** Files, written before software is installed, and again when they change. One that is taken out stays on machines that have it. @default none */
  files?: FileSettings[];
  /** Shell commands that root's bash runs on new machines, each after the other, before kubeadm (or etcd) starts there; again when that failed. May be secrets. @default none */
  preKubeadmCommands?: Input<string>[];
  /** Shell commands that root's bash runs on new machines once kubeadm (or etcd) has succeeded there, and again until they succeed. May be secrets. @default none */
  postKubeadmCommands?: Input<string>[];
}

/** Settings of the kernel by their names under /proc/sys, like { "net.core.somaxconn": 4096 }. */
export type Sysctls = Record<string, number | string>;

/** Software of nodes below Kubernetes' own objects. */
export interface NodeSoftwareSettings {
  /** Full Kubernetes version, without "v"; 1.34 to 1.37. */
  kubernetesVersion: string;
  /** Sources of container images. @default the registries that images name */
  registries?: RegistrySettings;
  /** Proxies of the machines, for packages and container images; changed in place. @default none */
  proxy?: ProxySettings;
  /** apt repository of kubeadm, kubelet and kubectl, for machines whose image has not the right version; "{minor}" stands for the minor version. @default https://pkgs.k8s.io/core:/stable:/v{minor}/deb/ */
  packageRepository?: string;
  /** Fingerprint of the key that signs the repository: 40 hexadecimal digits, as `gpg --show-keys` prints it; spaces are allowed. Machines refuse packages by any other key. @default "DE15B14486CD377B9E876E1A234654DA9A296436" (that of pkgs.k8s.io, which its mirrors have, too) */
  packageRepositoryKey?: string;
  /** Settings of the kernel, which win over the library's. @default those that Kubernetes needs, and in a cluster those of its size */
  sysctls?: Sysctls;
  /** Preflight checks of kubeadm whose failure is only a warning, like "SystemVerification". @default none */
  ignorePreflightErrors?: string[];
}

/** Software of nodes, with the settings of their kubelets. */
export interface ClusterSoftwareSettings extends NodeSoftwareSettings {
  /** Settings of all kubelets. @default the library's */
  kubelet?: KubeletSettings;
}

/** Schema of ContainerRuntimeSettings. @internal */
export const containerRuntime = object({ cgroupDriver: ruledWord(CGROUP_DRIVERS).optional(), configuration: text.optional() });

const file = object({ path: text, content: input, permissions: text.optional(), owner: text.optional() });

/** Schemas of the properties of SetupSettings. @internal */
export const setup = {
  files: z.array(file).optional(),
  preKubeadmCommands: z.array(input).optional(),
  postKubeadmCommands: z.array(input).optional(),
};

/** Schemas of the properties of ClusterSoftwareSettings but the version, which has a default in a cluster alone. @internal */
export const software = {
  kubelet: kubelet.optional(),
  registries: registries.optional(),
  proxy: proxy.optional(),
  packageRepository: text.optional(),
  packageRepositoryKey: text.optional(),
  sysctls: z.record(z.string(), numberOrText).optional(),
  ignorePreflightErrors: texts.optional(),
};
