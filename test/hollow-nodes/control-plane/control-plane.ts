import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readKubeconfig } from "../../../devcloud/plugins/kubernetes/kubeconfig.ts";
import { step } from "../../../devcloud/support/progress.ts";
import type { NodeFile } from "../../../lib/node/files.ts";
import { hollowNode } from "../hollow-node.ts";
import { KubernetesApi } from "../kubernetes-api.ts";
import { BackgroundProcess } from "./background-process.ts";
import { kubeadmPhases, nodeName } from "./kubeadm.ts";
import { coverFolders } from "./overlay.ts";
import { staticPodProcess } from "./static-pod.ts";
import { controlPlaneTools } from "./tools.ts";
import { writeFiles } from "./write-files.ts";

/** Folders in which kubeadm, etcd, the audit log and the library's files are written. */
const WRITTEN_FOLDERS = ["/etc", "/usr/local", "/var/lib", "/var/log"];

const MANIFESTS = "/etc/kubernetes/manifests";
/** The library's scripts call it by name. */
const KUBECTL = "/usr/local/bin/kubectl";
const ADMINISTRATOR = "/etc/kubernetes/admin.conf";
/** Kubeconfig of kubeadm before it has bound the administrators' group to a role. */
const SUPER_ADMINISTRATOR = "/etc/kubernetes/super-admin.conf";

/** URL of etcd's health and metrics, which kubeadm sets. It is reachable on this machine only. */
export const ETCD_METRICS = "http://127.0.0.1:2381";

/** Seconds for etcd and for the API server to be ready. */
const READY_SECONDS = 180;

export type Component = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

export interface StartArgs {
  /** Files that the library writes on a control plane, with the node's facts. */
  files: readonly NodeFile[];
  /** Path of kubeadm's configuration among them. */
  initConfig: string;
  /** Address of the control plane. */
  advertise: string;
  /** Folder for logs and all written files. */
  dir: string;
}

/** Processes of a control plane, from the static pods that kubeadm's phases write from the library's files. */
export interface ProcessControlPlane {
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  /** Process ids. */
  processes: Record<Component, number>;
  stop(): Promise<void>;
}

/**
 * Starts a control plane without containers: kubeadm's static pods run as plain processes. Call it in separate namespaces. Files that are
 * written in the machine's folders go to `dir`, and are removed with the control plane.
 */
export async function startControlPlane(args: StartArgs): Promise<ProcessControlPlane> {
  const written = join(args.dir, "written");
  const uncover = await coverFolders(WRITTEN_FOLDERS, written);
  const started: BackgroundProcess[] = [];
  const stop = async () => {
    for (const each of started.toReversed()) await each.stop();
    await uncover();
    rmSync(written, { recursive: true, force: true });
  };
  try {
    const processes = await step("starting the control plane", () => start(args, started));
    return { kubeconfig: ADMINISTRATOR, processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start({ files, initConfig, advertise, dir }: StartArgs, started: BackgroundProcess[]): Promise<Record<Component, number>> {
  const tools = await controlPlaneTools();
  const phases = (names: string[]) => kubeadmPhases(tools, names, initConfig);
  const launch = (component: Component): BackgroundProcess => {
    const { command, environment } = staticPodProcess(readFileSync(join(MANIFESTS, `${component}.yaml`), "utf8"));
    const [program, ...flags] = command;
    const launched = new BackgroundProcess(component, tools.executable(program!), flags, dir, environment);
    started.push(launched);
    return launched;
  };

  writeFiles(files);
  mkdirSync("/usr/local/bin", { recursive: true });
  rmSync(KUBECTL, { force: true });
  symlinkSync(tools.executable("kubectl"), KUBECTL);
  // The kubelet would make this folder for the static pod.
  mkdirSync("/var/log/kubernetes/audit", { recursive: true });
  await phases(["certs all", "kubeconfig all", "etcd local", "control-plane all"]);
  const etcd = launch("etcd");
  await etcd.ready(() => answers(`${ETCD_METRICS}/readyz`), READY_SECONDS);
  const apiServer = launch("kube-apiserver");
  const client = new KubernetesApi(readKubeconfig(SUPER_ADMINISTRATOR));
  await apiServer.ready(() => client.get<string>("/readyz"), READY_SECONDS);
  await client.create("/api/v1/nodes", hollowNode({ name: nodeName(initConfig), address: advertise }));
  client.close();
  await phases(["upload-config all", "mark-control-plane", "bootstrap-token"]);
  return {
    etcd: etcd.pid,
    "kube-apiserver": apiServer.pid,
    "kube-controller-manager": launch("kube-controller-manager").pid,
    "kube-scheduler": launch("kube-scheduler").pid,
  };
}

async function answers(url: string): Promise<void> {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!ok) throw new Error(`${url} was answered with ${status}`);
}
