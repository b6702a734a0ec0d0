import { checkKubelet } from "../kubeadm/kubelet.ts";
import { checkContainerRuntime } from "../node/container-runtime.ts";
import { checkMachine } from "../node/machine.ts";
import type { MachineSettings } from "../node/machine-settings.ts";
import { checkSetup } from "../node/setup.ts";
import type { Problems } from "../problems.ts";
import { checkRegistries } from "../registries/rules.ts";
import { checkLabels, checkTaints } from "./labels.ts";
import { checkNodeKeys } from "./node-keys.ts";
import { LONGEST_DRAIN, type NodeKeys, type PoolNodeSettings } from "./settings.ts";
import { checkUpgrade } from "./upgrade.ts";

/** Returns the labels that identify the Nodes of a pool's batch. */
export function batchLabels(pool: string, batch: string): Record<string, string> {
  return { "caravan.dev/pool": pool, "caravan.dev/batch": batch };
}

/** Default timeout of a drain in seconds. */
export const DEFAULT_DRAIN_SECONDS = 300;

/** Checks a pool of machines. */
export function checkPool(pool: NodeKeys & PoolNodeSettings & { machine?: Partial<MachineSettings> }, problems: Problems): void {
  checkNodeKeys(pool, problems);
  checkMachine(pool.machine ?? {}, problems.at("machine"));
  checkPoolSettings(pool, problems);
}

/** Checks a pool's labels, taints, times and settings. */
export function checkPoolSettings(pool: PoolNodeSettings, problems: Problems): void {
  checkSetup(pool, problems);
  checkLabels(pool.labels ?? {}, problems);
  checkTaints(pool.taints ?? [], problems);
  const { drainSeconds = DEFAULT_DRAIN_SECONDS } = pool;
  if (!(Number.isInteger(drainSeconds) && drainSeconds >= 1 && drainSeconds <= LONGEST_DRAIN))
    problems.add("drainSeconds", `${drainSeconds} is not a time for a drain; use 1 to ${LONGEST_DRAIN} whole seconds`);
  checkUpgrade(pool.upgrade ?? {}, problems.at("upgrade"));
  checkKubelet(pool.kubelet ?? {}, problems.at("kubelet"));
  checkContainerRuntime(pool.containerRuntime ?? {}, problems.at("containerRuntime"));
  checkRegistries(pool.registries ?? {}, problems.at("registries"));
}
