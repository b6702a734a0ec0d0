import type { ComponentKind } from "./component-configuration.ts";
import type { KubeProxySettings } from "./settings.ts";

const KIND = { apiVersion: "kubeproxy.config.k8s.io/v1alpha1", kind: "KubeProxyConfiguration" };

/** Kind of kube-proxy's configuration. */
export const KUBE_PROXY_KIND: ComponentKind = { ...KIND, elsewhere: { clusterCIDR: "podCidr" } };

/**
 * Makes the KubeProxyConfiguration of a cluster, which kubeadm gives to kube-proxy on every node. The mode is nftables, stable since
 * Kubernetes 1.33. It looks rules up instead of going through them, so the number of Services does not slow it down as it does iptables.
 */
export function kubeProxyConfiguration({ configuration = {} }: KubeProxySettings = {}) {
  return {
    ...KIND,
    mode: "nftables",
    ...configuration,
  };
}
