import { defined } from "../defined.ts";
import type { NodeFile } from "../node/files.ts";
import type { Problems } from "../problems.ts";
import { toYaml } from "../yaml.ts";
import { KUBELET_PATCH } from "./paths.ts";
import type { KubeletSettings } from "./settings.ts";
import { CIPHER_SUITES } from "./tls.ts";

/** Pods of a node when nothing is said: Kubernetes' own limit for large clusters. */
export const DEFAULT_MAX_PODS = 110;

/** Most pods of a node. */
export const MOST_PODS = 250;

/** Most processes and threads of a pod: one cannot take those of its whole node, and no ordinary program comes near. */
const POD_PIDS_LIMIT = 4096;

/** Fields of KubeletConfiguration that have properties of their own, which must not contradict them. */
const SET_ELSEWHERE = { maxPods: "kubelet.maxPods", cgroupDriver: "containerRuntime.cgroupDriver" };

/** Settings of a pool's kubelets: the cluster's, with the pool's own laid over them. */
export function kubeletOfPool(cluster: KubeletSettings = {}, pool: KubeletSettings): KubeletSettings {
  return { ...cluster, ...pool, configuration: { ...cluster.configuration, ...pool.configuration } };
}

/** The KubeletConfiguration of a cluster: kubeadm gives it to every node. */
export function kubeletConfiguration({ maxPods = DEFAULT_MAX_PODS, configuration = {} }: KubeletSettings = {}) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    maxPods,
    rotateCertificates: true,
    // Serving certificates signed by the cluster, which clients can verify; approved by a timer on the control planes.
    serverTLSBootstrap: true,
    tlsCipherSuites: CIPHER_SUITES,
    podPidsLimit: POD_PIDS_LIMIT,
    // The container runtime's profile of system calls for pods that name none, instead of all calls.
    seccompDefault: true,
    ...configuration,
  };
}

/** What kubelets of a pool have otherwise than the cluster's, as a merge patch of kubeadm. */
export function kubeletPatch({ maxPods, configuration = {} }: KubeletSettings, cgroupDriver?: string): NodeFile {
  const settings = { ...defined({ maxPods, cgroupDriver }), ...configuration };
  return { path: KUBELET_PATCH, mode: "0600", content: toYaml(settings) };
}

/** Notes what is wrong with the settings of a pool's kubelets. */
export function checkKubelet({ maxPods = DEFAULT_MAX_PODS, configuration = {} }: KubeletSettings, problems: Problems): void {
  if (!(Number.isInteger(maxPods) && maxPods >= 1 && maxPods <= MOST_PODS))
    problems.add("maxPods", `${maxPods} is not a number of pods for a node; use 1 to ${MOST_PODS}`);
  for (const [field, instead] of Object.entries(SET_ELSEWHERE))
    if (field in configuration) problems.add(`configuration.${field}`, `is set elsewhere; use ${instead}`);
}
