import type { CiliumSettings, FlannelSettings, NoCniSettings } from "../../../lib/cni/settings.ts";
import type { PropertyRules, TypeRules } from "./rule.ts";
import { FLANNEL, MINI } from "./surroundings.ts";

/** Rules of the properties that say where a chart comes from. */
const CHART_RULES = {
  version: {
    rule: "a full version; Cilium 1.16 or newer without `metadataAccess`",
    refused: [["latest", [': "latest" is not the full version of a chart; write it like 1.19.6']]],
  },
  repository: {
    rule: "an http(s) URL; none with a `chart` that is a path or an oci:// reference",
    refused: [
      ["oci://ghcr.io/charts", [': "oci://ghcr.io/charts" is a reference to a chart; write it as chart, with the chart\'s name']],
      ["charts.example.com", [': "charts.example.com" is not a URL; write it like https://helm.cilium.io']],
    ],
  },
  chart: { refused: [["", [': "" is not allowed: Too small: expected string to have >=1 characters']]] },
} satisfies PropertyRules<Pick<CiliumSettings, "version" | "repository" | "chart">>;

/** Rules of the types of network plugins, by type. */
export const CNI_RULES = {
  CiliumSettings: {
    within: MINI,
    at: ["cni"],
    value: { type: "cilium" },
    rules: {
      type: {
        rule: "a name of the cluster with at most 32 characters",
        refused: [["calico", [': "calico" is not allowed: use "cilium" or "flannel" or "none"']]],
      },
      ...CHART_RULES,
      values: {
        rule: "`kubeProxyReplacement` stays true; `ciliumEndpointSlice` not beside `etcd.ciliumEtcd`",
        refused: [
          [
            { kubeProxyReplacement: false },
            [".kubeProxyReplacement: false leaves nobody to serve Services, because kube-proxy does not run beside Cilium; remove it"],
          ],
        ],
      },
      metadataAccess: { refused: [["no", [': "no" is not allowed: expected boolean, received string']]] },
    },
  } satisfies TypeRules<CiliumSettings>,
  FlannelSettings: {
    within: FLANNEL,
    at: ["cni"],
    rules: {
      type: { refused: [["canal", [': "canal" is not allowed: use "cilium" or "flannel" or "none"']]] },
      ...CHART_RULES,
      port: {
        refused: [
          [0, [": 0 is not allowed: Too small: expected number to be >=1"]],
          [70000, [": 70000 is not allowed: Too big: expected number to be <=65535"]],
        ],
      },
      values: {
        rule: "`podCidr` is the cluster's",
        refused: [[{ podCidr: "10.1.0.0/16" }, ['.podCidr: "10.1.0.0/16" is not the cluster\'s podCidr, 10.244.0.0/16; remove it']]],
      },
    },
  } satisfies TypeRules<FlannelSettings>,
  NoCniSettings: {
    within: MINI,
    at: ["cni"],
    value: { type: "none" },
    rules: { type: { refused: [["", [': "" is not allowed: use "cilium" or "flannel" or "none"']]] } },
  } satisfies TypeRules<NoCniSettings>,
};
