import type { KubeletSettings } from "../kubeadm/settings.ts";
import type { NodeFile } from "../node/files.ts";
import { toYaml } from "../yaml.ts";
import { KUBERNETES_ETCD } from "./instances.ts";

/** Folder of the static pods. */
const MANIFESTS = "/etc/kubernetes/manifests";

/** Path of the kubelet's configuration: kubeadm's, which the kubelet's packages expect. */
const CONFIGURATION = "/var/lib/kubelet/config.yaml";

/**
 * Makes the files of a kubelet that belongs to no cluster and only runs static pods, as in kubeadm's guide to external etcd
 * (https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/setup-ha-etcd-with-kubeadm/). Its API is off.
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

/** Writes the drop-in of the kubelet's unit. It comes after kubeadm's own, which would join a cluster. */
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
