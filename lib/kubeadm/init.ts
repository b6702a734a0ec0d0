import { toYaml } from "../yaml.ts";
import { type ClusterConfigurationArgs, clusterConfiguration } from "./cluster-configuration.ts";
import { kubeProxyConfiguration } from "./kube-proxy.ts";
import { kubeletConfiguration } from "./kubelet.ts";
import { NODE_ADDRESS, nodeRegistration, type RegistrationArgs } from "./node-registration.ts";
import { PATCHES_FOLDER } from "./paths.ts";
import type { KubeletSettings, KubeProxySettings } from "./settings.ts";

/** Port of every API server. */
export const API_PORT = 6443;

export interface InitArgs {
  cluster: ClusterConfigurationArgs;
  kubelet?: KubeletSettings | undefined;
  /** Settings of kube-proxy, where it runs. */
  kubeProxy?: KubeProxySettings | undefined;
  registration: RegistrationArgs;
}

/**
 * Writes the configuration of `kubeadm init` (v1beta4): InitConfiguration, ClusterConfiguration, KubeletConfiguration, and
 * KubeProxyConfiguration where kube-proxy runs.
 */
export function initConfiguration({ cluster, kubelet, kubeProxy, registration }: InitArgs): string {
  const init = {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "InitConfiguration",
    nodeRegistration: nodeRegistration(registration),
    localAPIEndpoint: { advertiseAddress: NODE_ADDRESS, bindPort: API_PORT },
    patches: { directory: PATCHES_FOLDER },
  };
  const documents = [init, clusterConfiguration(cluster), kubeletConfiguration(kubelet)];
  const proxy = cluster.kubeProxy ? [kubeProxyConfiguration(kubeProxy)] : [];
  return [...documents, ...proxy].map((document) => toYaml(document)).join("---\n");
}
