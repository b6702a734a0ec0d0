import { setTimeout as sleep } from "node:timers/promises";
import { KUBELET_PATCH, WORKER_JOIN_CONFIGURATION } from "../../../lib/kubeadm/paths.ts";
import type { HollowCluster } from "../hollow-cluster.ts";
import { joinNode } from "../hollow-kubelet.ts";
import { contentOf, readNodeFiles } from "../node-files.ts";
import { isReady, type NodeObject, nodePath } from "../nodes.ts";
import type { Call } from "./answer.ts";

/** Prepares a machine. Nothing is installed, because nothing will run. */
export async function prepare({ host, log }: Call<"prepare">): Promise<void> {
  // A real machine reports this after 300 s.
  if (host.fate.firstBootHangs) throw new Error("timed out after 300 s waiting for the end of cloud-init's first boot");
  host.isPrepared = true;
  log("enable kubelet (0 s)");
}

/** Joins or upgrades like a real worker, but without a kubelet. At its end, the Node exists, is ready and has the wanted version. */
export async function worker(call: Call<"worker">): Promise<void> {
  const { host, input } = call;
  host.lastScript = "";
  await (host.hasJoined ? update(call) : join(call));
  host.lastScript = input.SCRIPT_DIGEST;
}

async function update({ input, cluster: { administrator }, log }: Call<"worker">): Promise<void> {
  await administrator.patch(`${nodePath(input.NODE_NAME)}/status`, { status: { nodeInfo: versionOf(input) } });
  log("is a node already");
}

async function join({ host, input, cluster, log }: Call<"worker">): Promise<void> {
  if (!host.isPrepared) throw new Error("the machine was not prepared: it has no kubeadm");
  if (host.failedJoins < host.fate.failingJoins) {
    host.failedJoins += 1;
    throw new Error("kubeadm join, after 300 s; its last lines are above");
  }
  const files = readNodeFiles(`${input.FILES}${input.JOIN_FILES}`, input);
  await joinNode({
    joinConfiguration: contentOf(files, WORKER_JOIN_CONFIGURATION),
    server: `https://${input.API_ENDPOINT}`,
    ca: decoded(input.CA_CERTIFICATE),
    credential: { certificate: decoded(input.CLIENT_CERTIFICATE), privateKey: decoded(input.CLIENT_KEY) },
    patch: contentOf(files, KUBELET_PATCH),
    machine: host.server.flavor,
    nodeInfo: versionOf(input),
  });
  await ready(cluster, input.NODE_NAME);
  host.hasJoined = true;
  log("register the node");
}

function versionOf({ KUBERNETES_VERSION }: { KUBERNETES_VERSION: string }) {
  return { kubeletVersion: `v${KUBERNETES_VERSION}` };
}

function decoded(text = ""): string {
  if (text === "") throw new Error("it got no credential to join with");
  return Buffer.from(text, "base64").toString();
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
