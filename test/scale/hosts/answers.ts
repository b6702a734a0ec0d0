import { setTimeout as sleep } from "node:timers/promises";
import {
  CONTROL_PLANE_DISCOVERY,
  CONTROL_PLANE_JOIN_CONFIGURATION,
  KUBELET_PATCH,
  WORKER_DISCOVERY,
  WORKER_JOIN_CONFIGURATION,
} from "../../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../../lib/node-files.ts";
import type { HollowCluster } from "./hollow-cluster.ts";
import { joinNode } from "./hollow-kubelet.ts";
import type { Host } from "./host.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";
import { contentOf, readNodeFiles } from "./node-files.ts";
import { deleteNode, drainNode, isReady, listNodes, type NodeObject, nodePath } from "./nodes.ts";
import { applyPoolSettings } from "./pool-settings.ts";
import { readRequest, type ScriptName } from "./script-request.ts";
import type { Execute } from "./ssh-server.ts";

type Input = Record<string, string>;

interface Call {
  host: Host;
  input: Input;
  cluster: HollowCluster;
  /** Prints a line as the scripts do, with the node's name. */
  log: (line: string) => void;
}

type Answer = (call: Call) => Promise<void>;

/**
 * What the library's scripts would do, done in this process: a thousand machines with a bash, kubeadm and kubelet each do not fit
 * on one. What reaches the cluster is real: certificates, Nodes, labels, evictions, with the credentials that the scripts are given.
 */
const ANSWERS: Partial<Record<ScriptName, Answer>> = {
  prepare,
  bastion: async ({ log }) => log("apply sshd's settings (0 s)"),
  controlPlane,
  worker,
  reconcilePool,
  reconcileControlPlanes,
};

/** Answers commands of the library's on hollow machines. */
export function answering(cluster: HollowCluster): Execute {
  return async (host, command, text, print) => {
    if (command === "true") return;
    if (!/^timeout --kill-after=10 \d+ bash -c 'eval "\$\(cat\)"'$/.test(command))
      throw new Error(`hollow machines do not run: ${command}`);
    const { script, input } = readRequest(text);
    const answer = ANSWERS[script];
    if (!answer) throw new Error(`hollow machines have no answer for the script ${script}`);
    const log = (line: string) => print(`${input.NODE_NAME}: ${line}`);
    try {
      await answer({ host, input, cluster, log });
    } catch (error) {
      throw new Error(`${input.NODE_NAME}: failed: ${(error as Error).message}`);
    }
  };
}

async function prepare({ host, log }: Call): Promise<void> {
  // A real machine says so after 300 s.
  if (host.fate.firstBootHangs) throw new Error("the end of cloud-init's first boot did not happen within 300 s");
  host.isPrepared = true;
  log("enable kubelet (0 s)");
}

async function controlPlane({ host, input, cluster, log }: Call): Promise<void> {
  if (host.hasJoined) return log("is a control plane already");
  const isFirst = !cluster.isRunning;
  const files = readNodeFiles(input.FILES ?? "", input);
  if (isFirst) await initCluster(files, input, cluster);
  else await joinControlPlane(files, host, input, cluster);
  host.hasJoined = true;
  log(isFirst ? "kubeadm init" : "kubeadm join");
}

async function initCluster(
  files: NodeFile[],
  { NODE_NAME = "", NODE_ADDRESS = "", ...input }: Input,
  cluster: HollowCluster,
): Promise<void> {
  const { INSTANCE_ID, FOUNDER_ID, PEERS } = input;
  if (INSTANCE_ID !== FOUNDER_ID)
    throw new Error(`no control plane answers at ${PEERS}, and this machine is not the cluster's first (${FOUNDER_ID})`);
  await cluster.start(files, NODE_ADDRESS);
  await cluster.administrator.patch(nodePath(NODE_NAME), { spec: { providerID: `openstack:///${INSTANCE_ID}` } });
}

async function joinControlPlane(
  files: NodeFile[],
  host: Host,
  { NODE_NAME = "", INSTANCE_ID }: Input,
  { administrator }: HollowCluster,
): Promise<void> {
  const predecessor = await administrator.find<NodeObject>(nodePath(NODE_NAME));
  const provider = predecessor?.spec.providerID;
  if (provider && provider !== `openstack:///${INSTANCE_ID}`) await deleteNode(administrator, NODE_NAME);
  await joinNode({
    joinConfiguration: contentOf(files, CONTROL_PLANE_JOIN_CONFIGURATION),
    discovery: contentOf(files, CONTROL_PLANE_DISCOVERY),
    machine: host.server.flavor,
  });
  await markControlPlane(administrator, NODE_NAME);
}

/** kubeadm's phase of the same name. */
async function markControlPlane(administrator: KubernetesApi, node: string): Promise<void> {
  await administrator.patch(nodePath(node), {
    metadata: { labels: { "node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": "" } },
    spec: { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] },
  });
}

async function worker({ host, input, cluster, log }: Call): Promise<void> {
  if (host.hasJoined) return log("is a node already");
  if (!host.isPrepared) throw new Error("the machine was not prepared: it has no kubeadm");
  if (host.failedJoins < host.fate.failingJoins) {
    host.failedJoins += 1;
    throw new Error("kubeadm join, after 300 s; its last lines are above");
  }
  const files = readNodeFiles(`${input.FILES}${input.JOIN_FILES}`, input);
  await joinNode({
    joinConfiguration: contentOf(files, WORKER_JOIN_CONFIGURATION),
    discovery: contentOf(files, WORKER_DISCOVERY),
    patch: contentOf(files, KUBELET_PATCH),
    machine: host.server.flavor,
  });
  await ready(cluster, input.NODE_NAME ?? "");
  host.hasJoined = true;
  log("register the node");
}

/** Seconds in which kwok makes a Node ready. */
const READY_SECONDS = 120;

async function ready({ administrator }: HollowCluster, name: string): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  for (let delay = 250; Date.now() < deadline; delay = Math.min(delay * 2, 2000)) {
    const node = await administrator.find<NodeObject>(nodePath(name));
    if (node && isReady(node)) return;
    await sleep(delay);
  }
  throw new Error(`the Node is not Ready after ${READY_SECONDS} s: does kwok run?`);
}

async function reconcilePool({ input, cluster: { administrator }, log }: Call): Promise<void> {
  const { POOL, BATCH, WANTED_NODES = "", DRAIN_SECONDS } = input;
  const wanted = new Set(WANTED_NODES.split(" "));
  const nodes = await listNodes(administrator, `caravan.dev/pool=${POOL},caravan.dev/batch=${BATCH}`);
  const removals = nodes.filter(({ metadata }) => !wanted.has(metadata.name));
  const drains = removals.map((node) => remove(administrator, node, Number(DRAIN_SECONDS), log));
  for (const node of nodes) if (wanted.has(node.metadata.name)) await applyPoolSettings(administrator, node, input);
  await Promise.all(drains);
}

async function reconcileControlPlanes({ input: { WANTED_NODES = "" }, cluster: { administrator }, log }: Call): Promise<void> {
  const wanted = WANTED_NODES.split(" ");
  for (const node of await listNodes(administrator, "node-role.kubernetes.io/control-plane")) {
    if (!wanted.includes(node.metadata.name)) await remove(administrator, node, 300, log);
  }
}

async function remove(
  administrator: HollowCluster["administrator"],
  node: NodeObject,
  drainSeconds: number,
  log: Call["log"],
): Promise<void> {
  await drainNode(administrator, node, drainSeconds);
  await deleteNode(administrator, node.metadata.name);
  log(`drain and delete node ${node.metadata.name}`);
}
