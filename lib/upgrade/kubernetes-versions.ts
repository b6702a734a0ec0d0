import { compareVersions, KUBELET_SKEW, minorNumber } from "./versions.ts";

/** Returns why a cluster cannot go from one version of Kubernetes to another at once; `undefined` when it can. */
export function obstacleOfStep(from: string, to: string): string | undefined {
  if (compareVersions(to, from) < 0)
    return `the cluster runs Kubernetes ${from}, and ${to} is older, but Kubernetes does not go back; give kubernetesVersion ${from} or later`;
  if (minorNumber(to) > minorNumber(from) + 1)
    return `the cluster runs Kubernetes ${from}, and ${to} is more than one minor version later; upgrade to 1.${minorNumber(from) + 1} first`;
  return undefined;
}

/** Returns whether a kubelet is too old for API servers of a version. */
export function isKubeletTooOld(kubelet: string, apiServer: string): boolean {
  return minorNumber(kubelet) + KUBELET_SKEW < minorNumber(apiServer);
}
