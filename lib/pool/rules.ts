import { checkKubelet, type KubeletArgs } from "../kubeadm/kubelet.ts";
import type { Taint } from "../kubeadm/node-registration.ts";
import { type ContainerRuntimeArgs, checkContainerRuntime } from "../node/container-runtime.ts";
import { checkMachine, type Machine } from "../node/machine.ts";
import { checkRegistries, type RegistryArgs } from "../node/registries.ts";
import type { Problems } from "../problems.ts";
import { checkNodeKeys, type NodeKeys } from "./node-keys.ts";

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

/** What Kubernetes is to make of the nodes of a pool, whatever they are. */
export interface PoolSettings {
  /** Kubernetes labels of every node; changed in place. @default none */
  labels?: Record<string, string>;
  /** Kubernetes taints of every node; changed in place. @default none */
  taints?: Taint[];
  /** Seconds that a drain may take before a node is removed, from 1 to 3600. @default 300 */
  drainSeconds?: number;
  /** Settings of the pool's kubelets, which win over the cluster's; changed in place, by a restart of the kubelet. @default the cluster's */
  kubelet?: KubeletArgs;
  /** Settings of containerd. @default the cluster's */
  containerRuntime?: ContainerRuntimeArgs;
  /** Where container images come from. @default as in the cluster */
  registries?: RegistryArgs;
}

/** Notes what is wrong with a pool of machines. */
export function checkPool(pool: NodeKeys & PoolSettings & { machine?: Machine }, problems: Problems): void {
  checkNodeKeys(pool, problems);
  checkMachine(pool.machine ?? {}, problems.at("machine"));
  checkPoolSettings(pool, problems);
}

/** Notes what is wrong with a pool's labels, taints, times and settings. */
export function checkPoolSettings(pool: PoolSettings, problems: Problems): void {
  for (const [key, value] of Object.entries(pool.labels ?? {})) checkKeyAndValue(problems.at(`labels["${key}"]`), key, value);
  (pool.taints ?? []).forEach(({ key, value = "", effect }, place) => {
    const at = problems.at(`taints[${place}]`);
    checkKeyAndValue(at, key, value);
    if (!EFFECTS.includes(effect)) at.add("effect", `"${effect}" is no effect; use ${EFFECTS.join(", ")}`);
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
