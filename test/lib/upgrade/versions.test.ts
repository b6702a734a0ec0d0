import { expect, it } from "vitest";
import { etcdTag, obstacleOfEtcd } from "../../../lib/upgrade/etcd-versions.ts";
import { isKubeletTooOld, obstacleOfStep } from "../../../lib/upgrade/kubernetes-versions.ts";
import { messageOnCilium } from "../../../lib/upgrade/network-plugins.ts";
import { compareVersions, minorNumber } from "../../../lib/upgrade/versions.ts";

it.each([
  ["1.36.3", "1.36.3", 0],
  ["v1.36.3", "1.36.10", -1],
  ["1.37.0", "1.36.10", 1],
  ["3.6.8-0", "3.6.11-0", -1],
  ["3.6.11", "3.6.11-0", 0],
])("compares %s with %s", (one, other, sign) => {
  expect(Math.sign(compareVersions(one, other))).toBe(sign);
});

it("knows the number of a minor version", () => {
  expect(["1.36.3", "v1.9.0", "3.7.0-0"].map(minorNumber)).toEqual([36, 9, 7]);
});

it.each([
  ["1.36.3", "1.36.4", undefined],
  ["1.36.3", "1.37.2", undefined],
  ["1.36.3", "1.36.3", undefined],
  [
    "1.36.3",
    "1.36.1",
    "the cluster runs Kubernetes 1.36.3, and 1.36.1 is older, but Kubernetes does not go back; give kubernetesVersion 1.36.3 or later",
  ],
  ["1.34.4", "1.36.3", "the cluster runs Kubernetes 1.34.4, and 1.36.3 is more than one minor version later; upgrade to 1.35 first"],
])("decides on a step from %s to %s", (from, to, obstacle) => {
  expect(obstacleOfStep(from, to)).toBe(obstacle);
});

it("lets kubelets be three minor versions older", () => {
  expect(["v1.34.9", "v1.33.1"].map((kubelet) => isKubeletTooOld(kubelet, "1.37.2"))).toEqual([false, true]);
});

it.each([
  ["1.36.3", undefined, undefined],
  ["1.37.2", undefined, "3.6.11-0"],
  ["1.37.2", "3.7.0-0", "3.7.0-0"],
])("has an image of etcd for Kubernetes %s with etcdVersion %s", (version, given, tag) => {
  expect(etcdTag(version, given)).toBe(tag);
});

it.each([
  [["3.6.8", "3.6.11"], "3.6.11-0", undefined],
  [["3.6.11", "3.7.0"], "3.7.0-0", undefined],
  [[], "3.7.0-0", undefined],
  [
    ["3.6.11", "3.6.8"],
    "3.7.0-0",
    "etcd runs 3.6.8, and only members of 3.6.11 and later take one of 3.7.0-0 among them; run once with etcd.etcdVersion 3.6.11-0",
  ],
  [
    ["3.6.11", "3.7.0"],
    "3.6.11-0",
    "etcd runs 3.7.0, and 3.6.11-0 is older, but etcd does not go back to an earlier minor version; give etcd.etcdVersion of 3.7.0 or later",
  ],
  [
    ["3.5.30"],
    "3.7.0-0",
    "etcd runs 3.5.30, and 3.7.0-0 is more than one minor version later; give etcd.etcdVersion of the next minor version first",
  ],
])("decides whether members of %j become members of %s", (members, tag, obstacle) => {
  expect(obstacleOfEtcd(members, tag)).toBe(obstacle);
});

it("tells when Cilium's project has not tested a version of Kubernetes", () => {
  expect(["1.19.6", "v1.19.6", "1.20.0"].map((cilium) => messageOnCilium(cilium, "1.36.3"))).toEqual([
    "Cilium 1.19.6 is tested by its project with Kubernetes up to 1.35, and not with 1.36.3",
    "Cilium v1.19.6 is tested by its project with Kubernetes up to 1.35, and not with 1.36.3",
    undefined,
  ]);
  expect(messageOnCilium("1.19.6", "1.35.4")).toBeUndefined();
});
