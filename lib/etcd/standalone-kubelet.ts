import type { KubeletSettings } from "../kubeadm/settings.ts";
import type { NodeFile } from "../node/files.ts";
import { toYaml } from "../yaml.ts";
import { KUBERNETES_ETCD } from "./instances.ts";

/** Folder of the static pods. */
const MANIFESTS = "/etc/kubernetes/manifests";

/** Where kubeadm has the kubelet's configuration, and packages of the kubelet expect it. */
const CONFIGURATION = "/var/lib/kubelet/config.yaml";

/**
 * A kubelet that belongs to no cluster and only keeps static pods running, as in kubeadm's guide to external etcd
 * (https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/setup-ha-etcd-with-kubeadm/). It listens to nobody.
 */
export function standaloneKubeletFiles({ configuration = {} }: KubeletSettings = {}): NodeFile[] {
  const kubelet = {
    ...configuration,
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    staticPodPath: MANIFESTS,
    enableServer: false,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
  };
  return [
    { path: CONFIGURATION, mode: "0600", content: toYaml(kubelet) },
    { path: "/etc/systemd/system/kubelet.service.d/90-caravan-etcd.conf", mode: "0644", content: unit() },
  ];
}

/** Comes after kubeadm's own, which would join a cluster. */
function unit(): string {
  return [
    "[Unit]",
    "# etcd must never see the folder below a volume that is not mounted.",
    `RequiresMountsFor=${KUBERNETES_ETCD.dataFolder}`,
    "",
    "[Service]",
    "ExecStart=",
    `ExecStart=/usr/bin/kubelet --config=${CONFIGURATION} --hostname-override=@NODE_NAME@`,
    "",
  ].join("\n");
}
