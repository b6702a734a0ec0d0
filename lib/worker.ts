import { joinConfiguration } from "./kubeadm/join.ts";
import { kubeletPatch } from "./kubeadm/kubelet.ts";
import { WORKER_DISCOVERY, WORKER_JOIN_CONFIGURATION, WORKER_PATCHES_FOLDER } from "./kubeadm/paths.ts";
import { encodeNodeFiles } from "./node-files.ts";
import { batchLabels, DEFAULT_DRAIN_SECONDS, type PoolSettings } from "./pool.ts";

/** What a batch of workers needs to join. */
export interface WorkerArgs extends PoolSettings {
  pool: string;
  batch: string;
  /** kubeconfig that may ask for a node's certificate. */
  bootstrapKubeconfig: string;
  /** Whether the nodes are OpenStack servers. @default true */
  openstackServer?: boolean;
  ignorePreflightErrors?: string[] | undefined;
}

/** The input of the script with which a machine joins. What only the join needs is apart, because it is removed again. */
export function workerInput({ pool, batch, ...args }: WorkerArgs): Record<string, string> {
  const { taints, openstackServer, ignorePreflightErrors, kubelet = {}, containerRuntime = {} } = args;
  const registration = { labels: batchLabels(pool, batch), taints, openstackServer, ignorePreflightErrors };
  const join = joinConfiguration({ discovery: WORKER_DISCOVERY, controlPlane: false, patches: WORKER_PATCHES_FOLDER, registration });
  return {
    FILES: encodeNodeFiles([kubeletPatch(kubelet, containerRuntime.cgroupDriver)]),
    PATCHES: WORKER_PATCHES_FOLDER,
    JOIN_FILES: encodeNodeFiles([
      { path: WORKER_JOIN_CONFIGURATION, mode: "0600", content: join },
      { path: WORKER_DISCOVERY, mode: "0600", content: args.bootstrapKubeconfig },
    ]),
  };
}

/**
 * The input of the script that brings the Node objects of a batch in line with the machines that there are.
 * @param absent resources whose machine is not known: the Nodes of their earlier machines stay
 */
export function reconcileInput(
  { pool, batch, labels = {}, taints = [], drainSeconds = DEFAULT_DRAIN_SECONDS }: PoolSettings & { pool: string; batch: string },
  nodes: readonly string[],
  absent: readonly string[] = [],
): Record<string, string> {
  return {
    POOL: pool,
    BATCH: batch,
    WANTED_NODES: nodes.join(" "),
    ABSENT_MACHINES: absent.join(" "),
    LABELS: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
    TAINTS: taints.map(({ key, value, effect }) => `${key}${value === undefined ? "" : `=${value}`}:${effect}`).join(" "),
    DRAIN_SECONDS: String(drainSeconds),
  };
}

/** Seconds in which a node must have joined. */
export const JOIN_SECONDS = 600;

/** Seconds that bringing Node objects in line may take beside their drains. */
const RECONCILE_SECONDS = 300;

/** Seconds that bringing Node objects in line may take in all; drains run beside each other. */
export function reconcileSeconds({ drainSeconds = DEFAULT_DRAIN_SECONDS }: PoolSettings): number {
  return drainSeconds + RECONCILE_SECONDS;
}
