import { expect, it } from "vitest";
import { checkFixed, type FixedSettings } from "../../lib/fixed-settings.ts";
import { problemsOf } from "../support/problems.ts";

const before: FixedSettings = {
  cni: "cilium",
  kvstore: false,
  eventsEtcd: false,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/12",
  nodeCidrMask: 24,
  kubeProxy: false,
  etcd: "stacked",
};

const check = (now: Partial<FixedSettings>, made: Partial<FixedSettings> = before) =>
  problemsOf((problems) => checkFixed(made, { ...before, ...now }, problems));

const message = (given: string, old: string) =>
  `${given} is not what this cluster was made with, ${old}, and it cannot be changed in place; put ${old} back, or make a new cluster`;

it("lets a cluster be that has what it was made with", () => {
  expect(check({})).toEqual([]);
});

it("names each setting that has changed: what it was, what it is, and the way out", () => {
  const now = {
    kvstore: true,
    eventsEtcd: true,
    podCidr: "10.1.0.0/16",
    serviceCidr: "10.2.0.0/16",
    nodeCidrMask: 25,
    kubeProxy: true,
  } as const;
  expect(check({ ...now, etcd: "external" })).toEqual([
    `etcd.ciliumEtcd: ${message("true", "false")}`,
    `etcd.eventsEtcd: ${message("true", "false")}`,
    `podCidr: ${message('"10.1.0.0/16"', '"10.244.0.0/16"')}`,
    `serviceCidr: ${message('"10.2.0.0/16"', '"10.96.0.0/12"')}`,
    `nodeCidrMask: ${message("25", "24")}`,
    `kubeProxy: ${message("true", "false")}`,
    `etcd.topology: ${message('"external"', '"stacked"')}`,
  ]);
});

it("names another network plugin alone, and not what follows from it", () => {
  expect(check({ cni: "flannel", kubeProxy: true })).toEqual([`cni.type: ${message('"flannel"', '"cilium"')}`]);
});

it("lets settings be that were not kept when the cluster was made", () => {
  expect(check({ etcd: "external" }, { cni: "cilium" })).toEqual([]);
});
