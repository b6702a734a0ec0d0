import { checkKubernetesVersion, isFullVersion } from "../node/kubernetes-version.ts";
import type { Problems } from "../problems.ts";
import { compareVersions, KUBELET_SKEW, minorNumber } from "../upgrade/versions.ts";
import type { UpgradeSettings } from "./settings.ts";

/** Default limit of nodes that are changed at a time: the share that k0sctl upgrades at once, and one by one in a pool of less than 20. */
export const DEFAULT_MAX_UNAVAILABLE = "10%";

/** Checks the limits of changes of a pool's nodes. */
export function checkUpgrade({ maxUnavailable }: UpgradeSettings, problems: Problems): void {
  if (maxUnavailable === undefined) return;
  const isNumber = typeof maxUnavailable === "number" && Number.isInteger(maxUnavailable) && maxUnavailable >= 1;
  if (!isNumber && !/^([1-9]\d?|100)%$/.test(String(maxUnavailable)))
    problems.add(
      "maxUnavailable",
      `${JSON.stringify(maxUnavailable)} is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"`,
    );
}

/** Checks the version of a pool's nodes against the cluster's. */
export function checkPoolVersion(version: string, cluster: string, problems: Problems): void {
  const at = "kubernetesVersion";
  const before = problems.lines.length;
  checkKubernetesVersion(at, version, problems);
  // The cluster's own version is reported where it stands.
  if (problems.lines.length > before || !isFullVersion(cluster)) return;
  const older = minorNumber(cluster) - minorNumber(version);
  if (compareVersions(version, cluster) > 0)
    problems.add(at, `"${version}" is newer than the cluster's ${cluster}; raise the cluster's kubernetesVersion first, or leave it out`);
  else if (older > KUBELET_SKEW)
    problems.add(
      at,
      `"${version}" is ${older} minor versions older than the cluster's ${cluster}, of at most ${KUBELET_SKEW}; upgrade the pool first`,
    );
}
