import type { ChangeEndInput, ChangeInput } from "../node/script-inputs.ts";
import { DEFAULT_DRAIN_SECONDS } from "./rules.ts";
import type { PoolNodeSettings, UpgradeSettings } from "./settings.ts";
import { DEFAULT_MAX_UNAVAILABLE } from "./upgrade.ts";
import { JOIN_SECONDS, type RecordArgs } from "./worker.ts";

/** Largest number of nodes of a batch that are changed, or wait for it, at a time: as many as join at a time. */
const MOST_PARALLEL = 64;

/** Batches that join at a time by default, which share the places of their pool. */
const BATCHES_AT_A_TIME = 4;

/** Seconds of the longest step of a change beside its drain and its script: the wait for the node to be in service (node-change.py). */
const READY_SECONDS = 300;

/** Timeout of the end of a change in seconds, with time for an API that moves to another control plane. */
export const CHANGE_END_SECONDS = READY_SECONDS + 300;

/** Timeout of the begin of a change in seconds. It waits for other nodes as long as these are changed. */
export const CHANGE_BEGIN_SECONDS = 12 * 60 * 60;

/** Timeout of the question which script a node has run last, and the wait for its SSH, in seconds. */
export const LAST_SCRIPT = { deadline: 60, patience: 30 } as const;

/** Arguments of changes of a pool's nodes. */
export interface ChangeArgs extends Pick<PoolNodeSettings, "upgrade" | "drainSeconds">, Omit<RecordArgs, "batch"> {
  kubernetesVersion: string;
}

/** Makes the input of the script that ends the change of a node. */
export function changeEndInput({ owner, pool, kubernetesVersion }: ChangeArgs): ChangeEndInput {
  return { OWNER: owner, POOL: pool, KUBERNETES_VERSION: kubernetesVersion };
}

/** Makes the input of the script that begins the change of a node. */
export function changeBeginInput({ upgrade, drainSeconds = DEFAULT_DRAIN_SECONDS, ...args }: ChangeArgs): ChangeInput {
  return {
    ...changeEndInput(args),
    MAX_UNAVAILABLE: String(maxUnavailableOf(upgrade)),
    DRAIN_SECONDS: String(drainSeconds),
    // Drain, wait for SSH, script, and end of another node's change.
    PATIENCE_SECONDS: String(drainSeconds + 2 * JOIN_SECONDS + CHANGE_END_SECONDS),
  };
}

/** Returns how many nodes of a batch are changed, or wait for it, at a time. Those that wait ask a control plane every few seconds. */
export function parallelChanges(upgrade: UpgradeSettings | undefined, size: number): number {
  const most = maxUnavailableOf(upgrade);
  const wanted = typeof most === "number" ? most : (Number.parseInt(most, 10) / 100) * size * BATCHES_AT_A_TIME;
  return Math.min(MOST_PARALLEL, Math.max(1, Math.ceil(wanted)));
}

function maxUnavailableOf({ maxUnavailable = DEFAULT_MAX_UNAVAILABLE }: UpgradeSettings = {}): number | string {
  return maxUnavailable;
}
