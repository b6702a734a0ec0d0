import { expect, it } from "vitest";
import { parse } from "yaml";
import { standaloneKubeletFiles } from "../../../lib/etcd/standalone-kubelet.ts";

it("runs static pods, belongs to no cluster and offers no API", () => {
  const [configuration] = standaloneKubeletFiles();
  expect(configuration).toMatchObject({ path: "/var/lib/kubelet/config.yaml", mode: "0600" });
  expect(parse(configuration!.content)).toEqual({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    staticPodPath: "/etc/kubernetes/manifests",
    enableServer: false,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
  });
});

it("accepts further settings, but none that would open its API", () => {
  const [configuration] = standaloneKubeletFiles({ configuration: { failCgroupV1: false, enableServer: true } });
  expect(parse(configuration!.content)).toMatchObject({ failCgroupV1: false, enableServer: false });
});

it("replaces kubeadm's start of the kubelet, and waits until a volume is mounted", () => {
  expect(standaloneKubeletFiles()[1]).toEqual({
    path: "/etc/systemd/system/kubelet.service.d/90-caravan-etcd.conf",
    mode: "0644",
    content:
      "[Unit]\n# etcd must never see the folder below a volume that is not mounted.\nRequiresMountsFor=/var/lib/etcd\n\n" +
      "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --hostname-override=@NODE_NAME@\n",
  });
});
