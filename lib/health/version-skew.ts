import { KUBELET_SKEW, minorNumber } from "../upgrade/versions.ts";

/** Compares the version of a kubelet with that of an API server. An API server of several that are being upgraded may be the older one. */
export function skewOf(kubelet: string, api: string): "none" | "allowed" | "forbidden" {
  if (kubelet === api || kubelet === "" || api === "") return "none";
  const older = minorNumber(api) - minorNumber(kubelet);
  return older >= 0 && older <= KUBELET_SKEW ? "allowed" : "forbidden";
}
