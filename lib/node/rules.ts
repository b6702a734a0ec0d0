import { checkKubelet } from "../kubeadm/kubelet.ts";
import type { Problems } from "../problems.ts";
import { checkProxy } from "../proxy/rules.ts";
import { checkRegistries } from "../registries/rules.ts";
import { isUrl } from "../url.ts";
import { checkSysctls } from "./kernel-settings.ts";
import { checkKubernetesVersion, DEFAULT_KUBERNETES_VERSION } from "./kubernetes-version.ts";
import type { ClusterSoftwareSettings, NodeSoftwareSettings } from "./settings.ts";

/** Name by which kubeadm takes all of its preflight checks. */
const ALL_CHECKS = "all";

/** Checks the software of nodes and the settings of their kubelets. */
export function checkSoftware({ kubelet = {}, registries = {}, ...others }: Partial<ClusterSoftwareSettings>, problems: Problems): void {
  checkNodeSoftware(others, problems);
  checkKubelet(kubelet, problems.at("kubelet"));
  checkRegistries(registries, problems.at("registries"));
}

/** Checks what of the software of nodes a pool cannot have of its own. */
export function checkNodeSoftware(settings: Partial<Omit<NodeSoftwareSettings, "registries">>, problems: Problems): void {
  const {
    kubernetesVersion = DEFAULT_KUBERNETES_VERSION,
    packageRepository,
    packageRepositoryKey,
    proxy,
    sysctls = {},
    ignorePreflightErrors = [],
  } = settings;
  checkKubernetesVersion("kubernetesVersion", kubernetesVersion, problems);
  if (packageRepository !== undefined && !isUrl(packageRepository))
    problems.add(
      "packageRepository",
      `"${packageRepository}" is not a URL; write it like https://mirror.example.com/kubernetes/v{minor}/deb/`,
    );
  if (packageRepositoryKey !== undefined && !/^([0-9a-f]{4} *){10}$/i.test(packageRepositoryKey))
    problems.add(
      "packageRepositoryKey",
      `"${packageRepositoryKey}" is not a fingerprint; write its 40 hexadecimal digits, as \`gpg --show-keys Release.key\` prints them`,
    );
  if (proxy) checkProxy(proxy, problems.at("proxy"));
  checkSysctls(sysctls, problems.at("sysctls"));
  checkIgnoredErrors(ignorePreflightErrors, problems);
}

function checkIgnoredErrors(checks: readonly string[], problems: Problems): void {
  checks.forEach((check, place) => {
    if (!/^[\w.-]+$/.test(check))
      problems.add(`ignorePreflightErrors[${place}]`, `"${check}" is no name of a check; write one alone, like "SystemVerification"`);
  });
  if (checks.length > 1 && checks.some((check) => check.toLowerCase() === ALL_CHECKS))
    problems.add("ignorePreflightErrors", 'has "all" beside single checks, which kubeadm refuses; leave one or the other out');
}
