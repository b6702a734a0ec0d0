import { OLDEST_KUBELET } from "../health/version-skew.ts";
import { checkKubernetesVersion } from "../node/kubernetes-version.ts";
import type { Problems } from "../problems.ts";
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
  const [own, api] = [numbersOf(version), numbersOf(cluster)];
  if (problems.lines.length > before || !own || !api) return;
  if (own[1] > api[1] || (own[1] === api[1] && own[2] > api[2]))
    problems.add(at, `"${version}" is newer than the cluster's ${cluster}; raise the cluster's kubernetesVersion first, or leave it out`);
  else if (api[1] - own[1] > OLDEST_KUBELET)
    problems.add(
      at,
      `"${version}" is ${api[1] - own[1]} minor versions older than the cluster's ${cluster}, of at most ${OLDEST_KUBELET}; upgrade the pool first`,
    );
}

type Numbers = [major: number, minor: number, patch: number];

function numbersOf(version: string): Numbers | undefined {
  return /^\d+\.\d+\.\d+$/.test(version) ? (version.split(".").map(Number) as Numbers) : undefined;
}
