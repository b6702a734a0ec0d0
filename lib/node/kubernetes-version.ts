import type { Problems } from "../problems.ts";

/** Minor versions of Kubernetes for which the generated configuration is written and tested (kubeadm v1beta4). */
export const SUPPORTED_MINORS = ["1.34", "1.35", "1.36", "1.37"] as const;

/** Default version. */
export const DEFAULT_KUBERNETES_VERSION = "1.36.3";

/** Checks that a text is a full version of a supported minor version. */
export function checkKubernetesVersion(property: string, version: string, problems: Problems): void {
  if (!isFullVersion(version)) {
    problems.add(property, `"${version}" is not a full version; write it without a "v", like ${DEFAULT_KUBERNETES_VERSION}`);
  } else if (!SUPPORTED_MINORS.some((minor) => minor === minorOf(version))) {
    problems.add(property, `"${version}" is not supported; choose a version of ${SUPPORTED_MINORS.join(", ")}`);
  }
}

/** Returns whether a text is a full version, without a "v". */
export function isFullVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text);
}

/** Returns the minor version: "1.36" of "1.36.3". */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
