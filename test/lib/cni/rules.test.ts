import { expect, it } from "vitest";
import { type CniFacts, checkCni, needsKubeProxy } from "../../../lib/cni/rules.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (facts: Partial<CniFacts>) =>
  problemsOf((problems) => checkCni({ cni: { type: "cilium" }, podCidr: "10.244.0.0/16", ciliumEtcd: false, ...facts }, problems));

it.each([
  { cni: { type: "cilium" } },
  { cni: { type: "cilium", values: { kubeProxyReplacement: true, ciliumEndpointSlice: { enabled: true } } } },
  { cni: { type: "cilium", values: { ciliumEndpointSlice: { enabled: false } } }, ciliumEtcd: true },
  { cni: { type: "flannel", values: { podCidr: "10.244.0.0/16" } }, kubeProxy: { configuration: { mode: "iptables" } } },
  { cni: { type: "none" }, kubeProxy: {} },
  { cni: { type: "cilium" }, kubeProxy: {} },
])("accepts %j", (facts) => {
  expect(check(facts)).toEqual([]);
});

it.each([
  ["cilium", false],
  ["flannel", true],
  ["none", true],
])("with network plugin %s, needing kube-proxy is %s", (type, runs) => {
  expect(needsKubeProxy({ type })).toBe(runs);
});

it("refuses values of Cilium that leave Services unserved, or endpoints in two stores", () => {
  const values = { kubeProxyReplacement: "false", ciliumEndpointSlice: { enabled: true } };
  expect(check({ cni: { type: "cilium", values }, ciliumEtcd: true })).toEqual([
    'cni.values.kubeProxyReplacement: "false" leaves nobody to serve Services, because kube-proxy does not run beside Cilium; remove it',
    "cni.values.ciliumEndpointSlice.enabled: true is for endpoints in custom resources, but etcd.ciliumEtcd keeps them in etcd; remove one",
  ]);
});

it("refuses a version of Cilium that cannot keep pods from the metadata service", () => {
  expect(check({ cni: { type: "cilium", version: "1.15.0" } })).toEqual([
    "cni.version: 1.15.0 cannot keep pods from the metadata service; use 1.16 or newer, or metadataAccess true",
  ]);
});

it("refuses another network of the pods in flannel's values", () => {
  expect(check({ cni: { type: "flannel", values: { podCidr: "10.1.0.0/16" } } })).toEqual([
    'cni.values.podCidr: "10.1.0.0/16" is not the cluster\'s podCidr, 10.244.0.0/16; remove it',
  ]);
});

it("refuses settings of a kube-proxy that does not run, and an unknown mode", () => {
  expect(check({ kubeProxy: { configuration: { mode: "nft" } } })).toEqual([
    "kubeProxy.configuration: is set, but kube-proxy does not run: Cilium takes its place; remove it",
    'kubeProxy.configuration.mode: "nft" is no mode of kube-proxy; use nftables, iptables, ipvs',
  ]);
});
