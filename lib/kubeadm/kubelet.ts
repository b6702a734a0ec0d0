/** Pods of a node when nothing is said: Kubernetes' own limit for large clusters. */
export const DEFAULT_MAX_PODS = 110;

/** Settings of the kubelets. */
export interface KubeletArgs {
  /** Most pods of a node, from 1 to 250. @default 110 (Kubernetes' own limit for large clusters) */
  maxPods?: number;
  /** Further fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), which win over the library's. @default none */
  configuration?: Record<string, unknown>;
}

/** The KubeletConfiguration of a cluster: kubeadm gives it to every node. */
export function kubeletConfiguration({ maxPods = DEFAULT_MAX_PODS, configuration = {} }: KubeletArgs = {}) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    maxPods,
    rotateCertificates: true,
    // Serving certificates signed by the cluster, which clients can verify; approved by a timer on the control planes.
    serverTLSBootstrap: true,
    ...configuration,
  };
}
