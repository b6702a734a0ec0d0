/** Number of minor versions that a kubelet may be older than an API server (https://kubernetes.io/releases/version-skew-policy/). */
export const OLDEST_KUBELET = 3;

/** Compares the version of a kubelet with that of an API server. An API server of several that are being upgraded may be the older one. */
export function skewOf(kubelet: string, api: string): "none" | "allowed" | "forbidden" {
  if (kubelet === api || kubelet === "" || api === "") return "none";
  const older = minorOf(api) - minorOf(kubelet);
  return older >= 0 && older <= OLDEST_KUBELET ? "allowed" : "forbidden";
}

function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1]);
}
