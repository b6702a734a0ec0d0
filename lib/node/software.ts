import { createHash } from "node:crypto";
import { type KnownProxy, proxyFiles } from "../proxy/files.ts";
import { registryCredentials } from "../registries/credentials.ts";
import { type KnownRegistries, registryFiles } from "../registries/hosts-toml.ts";
import { containerRuntimeFiles, DEFAULT_CGROUP_DRIVER } from "./container-runtime.ts";
import { encodeNodeFiles } from "./files.ts";
import { kernelSettings } from "./kernel-settings.ts";
import { minorOf } from "./kubernetes-version.ts";
import { networkDaemonSettings } from "./network-daemon.ts";
import type { PreparationInput } from "./script-inputs.ts";
import { preparationText } from "./scripts.ts";
import type { ContainerRuntimeSettings, NodeSoftwareSettings } from "./settings.ts";
import { encodeSetupFiles, type SetupFile } from "./setup.ts";

/** Arguments of the preparation of a machine's software. */
export interface PreparationArgs extends Omit<NodeSoftwareSettings, "registries" | "proxy"> {
  /** Sources of container images. @default the registries that images name */
  registries?: KnownRegistries;
  /** Proxies of the machine. @default none */
  proxy?: KnownProxy;
  /** Files of the user's own. @default none */
  setupFiles?: readonly SetupFile[];
  /** Settings of containerd. @default the systemd cgroup driver, and nothing else */
  containerRuntime?: ContainerRuntimeSettings;
}

/**
 * Package repository of the Kubernetes community, one for each minor version
 * (https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/).
 */
export const DEFAULT_PACKAGE_REPOSITORY = "https://pkgs.k8s.io/core:/stable:/v{minor}/deb/";

/**
 * Fingerprint of the key that signs it, of "isv:kubernetes OBS Project", for all minor versions
 * (`curl -L https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | gpg --show-keys`). It stayed the same when the key was prolonged.
 */
export const DEFAULT_PACKAGE_KEY = "DE15B14486CD377B9E876E1A234654DA9A296436";

/** Makes the input of the script that prepares a machine to be a node. */
export function preparationInput({
  kubernetesVersion,
  registries = {},
  proxy,
  containerRuntime = {},
  sysctls,
  packageRepository = DEFAULT_PACKAGE_REPOSITORY,
  packageRepositoryKey = DEFAULT_PACKAGE_KEY,
  ignorePreflightErrors = [],
  setupFiles = [],
}: PreparationArgs): PreparationInput {
  const repository = packageRepository.replace("{minor}", minorOf(kubernetesVersion)).replace(/\/*$/, "/");
  const input = {
    KUBERNETES_VERSION: kubernetesVersion,
    PACKAGE_REPOSITORY: repository,
    PACKAGE_KEY: packageRepositoryKey.replaceAll(" ", "").toUpperCase(),
    CGROUP_DRIVER: containerRuntime.cgroupDriver ?? DEFAULT_CGROUP_DRIVER,
    IGNORED_CHECKS: ignorePreflightErrors.join(" "),
    IMAGE_REPOSITORY: registries.imageRepository ?? "",
    REGISTRY_CREDENTIALS: registryCredentials(registries),
    USER_FILES: encodeSetupFiles(setupFiles),
    SOFTWARE_FILES: encodeNodeFiles([
      ...kernelSettings(sysctls),
      networkDaemonSettings(),
      ...registryFiles(registries),
      ...proxyFiles(proxy, repository),
      ...containerRuntimeFiles(containerRuntime),
    ]),
  };
  return { PREPARATION: digest(preparationText(), JSON.stringify(input)), ...input };
}

function digest(...texts: string[]): string {
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 16);
}
