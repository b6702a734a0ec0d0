import { expect, it } from "vitest";
import { kubeletConfiguration } from "../../../lib/kubeadm/kubelet.ts";

it("lets kubelets ask the cluster for serving certificates that clients can verify", () => {
  expect(kubeletConfiguration()).toEqual({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    maxPods: 110,
    rotateCertificates: true,
    serverTLSBootstrap: true,
  });
});

it("lets the user's settings win", () => {
  const configuration = { serverTLSBootstrap: false, featureGates: { Example: true } };
  expect(kubeletConfiguration({ maxPods: 50, configuration })).toMatchObject({ maxPods: 50, rotateCertificates: true, ...configuration });
});
