import { expect, it } from "vitest";

import { batchLabels, checkPool } from "../../../lib/pool/rules.ts";
import type { Taint } from "../../../lib/pool/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (pool: Omit<Parameters<typeof checkPool>[0], "count">) =>
  problemsOf((problems) => checkPool({ count: 3, ...pool }, problems));

it("labels the Nodes of a batch with their pool and batch", () => {
  expect(batchLabels("web", "1")).toEqual({ "caravan.dev/pool": "web", "caravan.dev/batch": "1" });
});

it("accepts the labels and taints that Kubernetes accepts", () => {
  const labels = { tier: "web", "node.example.com/disk_type": "NVMe.2", empty: "", [`example.com/${"a".repeat(63)}`]: "b".repeat(63) };
  const taints: Taint[] = [
    { key: "gpu", effect: "NoSchedule" },
    { key: "example.com/spot", value: "true", effect: "NoExecute" },
  ];
  expect(check({ labels, taints, drainSeconds: 3600 })).toEqual([]);
});

it.each(["-tier", "a b", "", "a/b/c", "Example.com/tier", "a".repeat(64)])("refuses %j as a label's key", (key) => {
  expect(check({ labels: { [key]: "web" } })).toEqual([
    `labels["${key}"]: "${key}" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"`,
  ]);
});

it.each(["a b", "-a", "a/b", "a,b", "a".repeat(64)])("refuses %j as a label's value", (value) => {
  expect(check({ labels: { tier: value } })).toEqual([
    `labels["tier"]: "${value}" is no label value; use at most 63 letters, digits, "-", "_" and "."`,
  ]);
});

it("checks all parts of a pool, and names their paths", () => {
  const containerRuntime = { cgroupDriver: "crun" as "systemd" };
  const registries = { mirrors: { "docker.io": ["mirror"] } };
  expect(check({ machine: { volume: { size: 0 } }, kubelet: { maxPods: 0 }, containerRuntime, registries })).toEqual([
    "machine.volume.size: 0 is not a size of a volume; use whole GiB from 1 to 2147483647",
    "kubelet.maxPods: 0 is not a number of pods for a node; use 1 to 250",
    'containerRuntime.cgroupDriver: "crun" is no cgroup driver; use systemd or cgroupfs',
    'registries.mirrors["docker.io"][0]: "mirror" is not a URL; write it like https://mirror.example.com',
  ]);
});

it("names all problems of a pool", () => {
  const taints = [{ key: "gpu", value: "a b", effect: "Never" as Taint["effect"] }];
  expect(check({ without: ["3"], labels: { "a b": "web" }, taints, drainSeconds: Number.NaN })).toEqual([
    'without[0]: "3" is no key of a pool of 3; leave it out',
    'labels["a b"]: "a b" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"',
    'taints[0]: "a b" is no label value; use at most 63 letters, digits, "-", "_" and "."',
    'taints[0].effect: "Never" is no effect; use NoSchedule, PreferNoSchedule, NoExecute',
    "drainSeconds: NaN is not a time for a drain; use 1 to 3600 whole seconds",
  ]);
});
