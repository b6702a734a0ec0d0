import type { ClusterConfigurationArgs } from "../../lib/kubeadm/cluster-configuration.ts";

/** Settings for kubeadm of a cluster with Cilium and a floating IP. */
export const clusterConfigurationArgs: ClusterConfigurationArgs = {
  clusterName: "demo",
  kubernetesVersion: "1.36.3",
  endpoint: "10.40.0.10:6443",
  certificateNames: ["10.40.0.10", "203.0.113.10"],
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/12",
  nodeCidrMask: 24,
  kubeProxy: false,
};
