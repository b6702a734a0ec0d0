import { minorOf } from "../node/kubernetes-version.ts";
import { minorNumber } from "./versions.ts";

/** Newest minor version of Kubernetes with which Cilium's project tests each of its minor versions (its documentation, "Kubernetes Compatibility"). */
const TESTED: Readonly<Record<string, string>> = { "1.19": "1.35" };

/** Returns what to know of Cilium before an upgrade; `undefined` when its project has tested it with this version, or when nothing is known. */
export function messageOnCilium(cilium: string, kubernetesVersion: string): string | undefined {
  const tested = TESTED[minorOf(cilium.replace(/^v/, ""))];
  if (tested === undefined || minorNumber(kubernetesVersion) <= minorNumber(tested)) return undefined;
  return `Cilium ${cilium} is tested by its project with Kubernetes up to ${tested}, and not with ${kubernetesVersion}`;
}
