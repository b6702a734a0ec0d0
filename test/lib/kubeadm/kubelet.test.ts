import { expect, it } from "vitest";
import { checkKubelet, kubeletConfiguration, kubeletOfPool, kubeletPatch } from "../../../lib/kubeadm/kubelet.ts";
import type { KubeletSettings } from "../../../lib/kubeadm/settings.ts";
import { CIPHER_SUITES } from "../../../lib/kubeadm/tls.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (kubelet: KubeletSettings) => problemsOf((problems) => checkKubelet(kubelet, problems));

it("makes kubelets request serving certificates that clients can verify, and limits pods' processes and system calls", () => {
  expect(kubeletConfiguration()).toEqual({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    maxPods: 110,
    rotateCertificates: true,
    serverTLSBootstrap: true,
    tlsCipherSuites: CIPHER_SUITES,
    podPidsLimit: 4096,
    seccompDefault: true,
  });
});

it("lets the user's settings win", () => {
  const configuration = { serverTLSBootstrap: false, featureGates: { Example: true } };
  expect(kubeletConfiguration({ maxPods: 50, configuration })).toMatchObject({ maxPods: 50, rotateCertificates: true, ...configuration });
});

it("patches only the settings in which a pool differs", () => {
  const path = "/var/lib/caravan/patches/kubeletconfiguration+merge.yaml";
  expect(kubeletPatch({})).toEqual({ path, mode: "0600", content: "{}\n" });
  expect(kubeletPatch({ maxPods: 50, configuration: { featureGates: { Example: true } } }, "cgroupfs").content).toBe(
    "maxPods: 50\ncgroupDriver: cgroupfs\nfeatureGates:\n  Example: true\n",
  );
});

it("accepts settings of kubelets", () => {
  expect([check({}), check({ maxPods: 1 }), check({ maxPods: 250, configuration: { imageGCHighThresholdPercent: 80 } })]).toEqual([
    [],
    [],
    [],
  ]);
});

it.each([0, 251, 1.5, Number.NaN])("refuses %d pods", (maxPods) => {
  expect(check({ maxPods })).toEqual([`maxPods: ${maxPods} is not a number of pods for a node; use 1 to 250`]);
});

it("refuses fields that have a property of their own", () => {
  expect(check({ configuration: { maxPods: 50, cgroupDriver: "cgroupfs" } })).toEqual([
    "configuration.maxPods: is set elsewhere; use kubelet.maxPods",
    "configuration.cgroupDriver: is set elsewhere; use containerRuntime.cgroupDriver",
  ]);
});

it("merges a pool's settings over the cluster's, field by field", () => {
  const cluster = { maxPods: 50, configuration: { failCgroupV1: false, evictionHard: { "memory.available": "5%" } } };
  expect(kubeletOfPool(cluster, { maxPods: 20, configuration: { imageGCHighThresholdPercent: 70 } })).toEqual({
    maxPods: 20,
    configuration: { failCgroupV1: false, evictionHard: { "memory.available": "5%" }, imageGCHighThresholdPercent: 70 },
  });
});
