import { defined } from "../defined.ts";
import type { NodeFile } from "../node/files.ts";
import type { Problems } from "../problems.ts";
import { toYaml } from "../yaml.ts";
import { checkComponentConfiguration } from "./component-configuration.ts";
import { KUBELET_PATCH } from "./paths.ts";
import type { KubeletSettings } from "./settings.ts";
import { CIPHER_SUITES } from "./tls.ts";

/** Default limit of pods a node: Kubernetes' own for large clusters. */
export const DEFAULT_MAX_PODS = 110;

/** Highest limit of pods a node. */
const MOST_PODS = 250;

/** Limit of processes and threads a pod. One pod cannot take those of its whole node, and no ordinary program comes near the limit. */
const POD_PIDS_LIMIT = 4096;

const KIND = { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" };
const SET_ELSEWHERE = { maxPods: "kubelet.maxPods", cgroupDriver: "containerRuntime.cgroupDriver" };

/** Merges a pool's settings of kubelets over the cluster's. */
export function kubeletOfPool(cluster: KubeletSettings = {}, pool: KubeletSettings): KubeletSettings {
  return { ...cluster, ...pool, configuration: { ...cluster.configuration, ...pool.configuration } };
}

/** Makes the KubeletConfiguration of a cluster, which kubeadm gives to every node. */
export function kubeletConfiguration({ maxPods = DEFAULT_MAX_PODS, configuration = {} }: KubeletSettings = {}) {
  return {
    ...KIND,
    cgroupDriver: "systemd",
    maxPods,
    rotateCertificates: true,
    // The cluster signs the serving certificates, so that clients can verify them. A timer on the control planes approves them.
    serverTLSBootstrap: true,
    tlsCipherSuites: CIPHER_SUITES,
    podPidsLimit: POD_PIDS_LIMIT,
    // Pods that name no seccomp profile have that of the container runtime, instead of all system calls.
    seccompDefault: true,
    ...configuration,
  };
}

/** Makes kubeadm's merge patch with the settings in which a pool's kubelets differ from the cluster's. */
export function kubeletPatch({ maxPods, configuration = {} }: KubeletSettings, cgroupDriver?: string): NodeFile {
  const settings = { ...defined({ maxPods, cgroupDriver }), ...configuration };
  return { path: KUBELET_PATCH, mode: "0600", content: toYaml(settings) };
}

/** Returns whether a node can have a limit of pods. */
export function isPodLimit(maxPods: number): boolean {
  return Number.isInteger(maxPods) && maxPods >= 1 && maxPods <= MOST_PODS;
}

/** Checks the settings of kubelets. */
export function checkKubelet({ maxPods = DEFAULT_MAX_PODS, configuration = {} }: KubeletSettings, problems: Problems): void {
  if (!isPodLimit(maxPods)) problems.add("maxPods", `${maxPods} is not a number of pods for a node; use 1 to ${MOST_PODS}`);
  checkComponentConfiguration(configuration, { ...KIND, elsewhere: SET_ELSEWHERE }, problems);
}
