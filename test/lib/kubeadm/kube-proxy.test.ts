import { expect, it } from "vitest";
import { stringify } from "yaml";
import { kubeProxyConfiguration } from "../../../lib/kubeadm/kube-proxy.ts";

it("has kube-proxy work with nftables", async () => {
  await expect(stringify(kubeProxyConfiguration())).toMatchFileSnapshot("../../golden/kube-proxy.yaml");
  expect(kubeProxyConfiguration().mode).toBe("nftables");
});

it("lets the user's fields win", () => {
  expect(kubeProxyConfiguration({ configuration: { mode: "iptables", conntrack: { maxPerCore: 0 } } })).toEqual({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    conntrack: { maxPerCore: 0 },
  });
});
