import type { Taint } from "./kubeadm/node-registration.ts";
import { checkNodeKeys, type NodeKeys } from "./node-keys.ts";
import type { Problems } from "./problems.ts";

/** Labels by which the Nodes of one batch of a pool are found again. */
export function batchLabels(pool: string, batch: string): Record<string, string> {
  return { "caravan.dev/pool": pool, "caravan.dev/batch": batch };
}

/** Seconds that a drain may take when nothing is said. */
export const DEFAULT_DRAIN_SECONDS = 300;

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Notes what is wrong with a pool's keys, labels, taints and times. */
export function checkPool(
  pool: NodeKeys & { labels?: Record<string, string>; taints?: Taint[]; drainSeconds?: number },
  problems: Problems,
): void {
  checkNodeKeys(pool, problems);
  for (const [key, value] of Object.entries(pool.labels ?? {})) checkKeyAndValue(problems.at(`labels["${key}"]`), key, value);
  (pool.taints ?? []).forEach(({ key, value = "", effect }, place) => {
    const at = problems.at(`taints[${place}]`);
    checkKeyAndValue(at, key, value);
    if (!EFFECTS.includes(effect)) at.add("effect", `"${effect}" is no effect; use ${EFFECTS.join(", ")}`);
  });
  const { drainSeconds = DEFAULT_DRAIN_SECONDS } = pool;
  if (!(drainSeconds >= 1 && drainSeconds <= 3600))
    problems.add("drainSeconds", `${drainSeconds} is not a time for a drain; use 1 to 3600 seconds`);
}

function checkKeyAndValue(at: Problems, key: string, value: string): void {
  if (!KEY.test(key))
    at.add("", `"${key}" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"`);
  if (!VALUE.test(value)) at.add("", `"${value}" is no label value; use at most 63 letters, digits, "-", "_" and "."`);
}
