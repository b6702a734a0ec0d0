import type { KubeProxySettings } from "./settings.ts";
/**
 * The KubeProxyConfiguration of a cluster: kubeadm gives it to kube-proxy on every node. It works with nftables, stable since Kubernetes
 * 1.33: its rules are looked up rather than gone through, so they do not slow down with the number of Services as those of iptables do.
 */
export function kubeProxyConfiguration({ configuration = {} }: KubeProxySettings = {}) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    ...configuration,
  };
}
