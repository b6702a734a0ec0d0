import { checkKubelet } from "../kubeadm/kubelet.ts";
import { checkContainerRuntime } from "../node/container-runtime.ts";
import { checkMachine, type MachineChoices } from "../node/machine.ts";
import { checkRegistries } from "../node/registries.ts";
import type { Problems } from "../problems.ts";
import { checkNodeKeys } from "./node-keys.ts";
import { type NodeKeys, type PoolNodeSettings, TAINT_EFFECTS } from "./settings.ts";

/** Returns the labels that identify the Nodes of a pool's batch. */
export function batchLabels(pool: string, batch: string): Record<string, string> {
  return { "caravan.dev/pool": pool, "caravan.dev/batch": batch };
}

/** Default timeout of a drain in seconds. */
export const DEFAULT_DRAIN_SECONDS = 300;

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Checks a pool of machines. */
export function checkPool(pool: NodeKeys & PoolNodeSettings & { machine?: MachineChoices }, problems: Problems): void {
  checkNodeKeys(pool, problems);
  checkMachine(pool.machine ?? {}, problems.at("machine"));
  checkPoolSettings(pool, problems);
}

/** Checks a pool's labels, taints, times and settings. */
export function checkPoolSettings(pool: PoolNodeSettings, problems: Problems): void {
  for (const [key, value] of Object.entries(pool.labels ?? {})) checkKeyAndValue(problems.at(`labels["${key}"]`), key, value);
  (pool.taints ?? []).forEach(({ key, value = "", effect }, place) => {
    const at = problems.at(`taints[${place}]`);
    checkKeyAndValue(at, key, value);
    if (!TAINT_EFFECTS.includes(effect)) at.add("effect", `"${effect}" is no effect; use ${TAINT_EFFECTS.join(", ")}`);
  });
  const { drainSeconds = DEFAULT_DRAIN_SECONDS } = pool;
  if (!(drainSeconds >= 1 && drainSeconds <= 3600))
    problems.add("drainSeconds", `${drainSeconds} is not a time for a drain; use 1 to 3600 seconds`);
  checkKubelet(pool.kubelet ?? {}, problems.at("kubelet"));
  checkContainerRuntime(pool.containerRuntime ?? {}, problems.at("containerRuntime"));
  checkRegistries(pool.registries ?? {}, problems.at("registries"));
}

function checkKeyAndValue(at: Problems, key: string, value: string): void {
  if (!KEY.test(key))
    at.add("", `"${key}" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"`);
  if (!VALUE.test(value)) at.add("", `"${value}" is no label value; use at most 63 letters, digits, "-", "_" and "."`);
}
