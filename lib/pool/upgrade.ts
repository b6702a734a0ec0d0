import { checkKubernetesVersion, isFullVersion } from "../node/kubernetes-version.ts";
import type { Problems } from "../problems.ts";
import { compareVersions, KUBELET_SKEW, minorNumber } from "../upgrade/versions.ts";
import type { UpgradeSettings } from "./settings.ts";
import { isShare } from "./share.ts";

/** Default limit of nodes that are changed at a time: the share that k0sctl upgrades at once, and one by one in a pool of less than 20. */
export const DEFAULT_MAX_UNAVAILABLE = "10%";

/** Checks the limits of changes of a pool's nodes. */
export function checkUpgrade({ maxUnavailable, maxSurge }: UpgradeSettings, problems: Problems): void {
  checkLimit("maxUnavailable", maxUnavailable, "nodes out of service", problems);
  checkLimit("maxSurge", maxSurge, "machines that are replaced", problems);
}

function checkLimit(property: string, limit: number | string | undefined, what: string, problems: Problems): void {
  if (limit === undefined || isShare(limit)) return;
  problems.add(
    property,
    `${JSON.stringify(limit)} is no limit of ${what}; use a whole number from 1 on, or a share of the pool from "1%" to "100%"`,
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
