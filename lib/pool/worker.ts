import { joinConfiguration } from "../kubeadm/join.ts";
import { kubeletPatch } from "../kubeadm/kubelet.ts";
import { WORKER_JOIN_CONFIGURATION, WORKER_PATCHES_FOLDER } from "../kubeadm/paths.ts";
import { encodeNodeFiles } from "../node/files.ts";
import type { BatchInput, CommandsInput, PoolInput, PreparationInput, WorkerInput } from "../node/script-inputs.ts";
import type { SetupSettings } from "../node/settings.ts";
import { commandsInput } from "../node/setup.ts";
import { batchLabels, DEFAULT_DRAIN_SECONDS } from "./rules.ts";
import type { PoolNodeSettings } from "./settings.ts";

/** Arguments of the join of a batch of workers. */
export interface WorkerArgs extends Omit<PoolNodeSettings, keyof SetupSettings> {
  /** Preparation of the machines. */
  preparation: PreparationInput;
  /** Commands before and after the join. */
  commands?: CommandsInput;
  pool: string;
  batch: string;
  /** `host:port` of the API. */
  endpoint: string;
  /** Certificate of the cluster's CA, PEM; while it is rotated, another one that is trusted follows. */
  ca: string;
  /** True when the nodes are OpenStack servers. @default true */
  openstackServer?: boolean;
  ignorePreflightErrors?: string[] | undefined;
  /** Id of the last restore of etcd. @default none */
  restore?: string | undefined;
}

/**
 * Makes the input of the script with which a machine joins. Files that only the join needs are separate, because they are removed
 * afterwards.
 */
export function workerInput({
  preparation,
  pool,
  batch,
  endpoint,
  ca,
  commands = commandsInput(),
  restore,
  ...args
}: WorkerArgs): WorkerInput {
  const { taints, openstackServer, ignorePreflightErrors, kubelet = {}, containerRuntime = {} } = args;
  const registration = { labels: batchLabels(pool, batch), taints, openstackServer, ignorePreflightErrors };
  const join = joinConfiguration({ controlPlane: false, patches: WORKER_PATCHES_FOLDER, registration });
  return {
    ...preparation,
    ...(restore === undefined ? {} : { RESTORE: restore }),
    FILES: encodeNodeFiles([kubeletPatch(kubelet, containerRuntime.cgroupDriver)]),
    PATCHES: WORKER_PATCHES_FOLDER,
    JOIN_FILES: encodeNodeFiles([{ path: WORKER_JOIN_CONFIGURATION, mode: "0600", content: join }]),
    API_ENDPOINT: endpoint,
    ...commands,
    CA_CERTIFICATE: Buffer.from(ca).toString("base64"),
  };
}

/** Pool and batch in the records of nodes. */
export interface RecordArgs {
  /** Id that is unique to the pool, even among pools of the same name in other stacks. */
  owner: string;
  pool: string;
  batch: string;
}

/** Makes the input of the script that admits the machines of a batch as nodes. */
export function admissionInput({ owner, pool, batch }: RecordArgs): BatchInput {
  return { OWNER: owner, POOL: pool, BATCH: batch };
}

/** Seconds for the admission of a batch's machines, and seconds to wait for SSH on a control plane for it. */
export const ADMISSION = { deadline: 300, patience: 60 } as const;

/**
 * Makes the input of the script that reconciles the Nodes of a batch with the machines that exist.
 * @param absent resources whose machine is not known; the Nodes of their earlier machines stay
 * @param topology labels of each node that tell its place, separated by spaces
 */
export function reconcileInput(
  { labels = {}, taints = [], drainSeconds = DEFAULT_DRAIN_SECONDS, ...args }: PoolNodeSettings & RecordArgs,
  nodes: readonly string[],
  absent: readonly string[] = [],
  topology: ReadonlyMap<string, string> = new Map(),
): PoolInput {
  return {
    ...admissionInput(args),
    WANTED_NODES: nodes.join(" "),
    ABSENT_MACHINES: absent.join(" "),
    LABELS: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
    NODE_LABELS: [...topology].map(([node, own]) => `${node} ${own}`).join("\n"),
    TAINTS: taints.map(({ key, value, effect }) => `${key}${value === undefined ? "" : `=${value}`}:${effect}`).join(" "),
    DRAIN_SECONDS: String(drainSeconds),
  };
}

/** Timeout of a node's join in seconds. */
export const JOIN_SECONDS = 600;

/** Timeout of the reconciliation of Nodes in seconds, without their drains. */
const RECONCILE_SECONDS = 300;

/** Returns the timeout of the reconciliation of Nodes in seconds, with their drains, which run in parallel. */
export function reconcileSeconds({ drainSeconds = DEFAULT_DRAIN_SECONDS }: PoolNodeSettings): number {
  return drainSeconds + RECONCILE_SECONDS;
}
