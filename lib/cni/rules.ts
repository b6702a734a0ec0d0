import type { KubeProxySettings } from "../kubeadm/settings.ts";
import type { Problems } from "../problems.ts";
import { checkMetadataAccess } from "./metadata-access.ts";

/** Settings of a cluster that must fit its network plugin. */
export interface CniFacts {
  cni: { type: string; version?: string; values?: Record<string, unknown>; metadataAccess?: boolean };
  /** Network of the pods. */
  podCidr: string;
  /** True when Cilium has an etcd of its own. */
  ciliumEtcd: boolean;
  /** Settings of kube-proxy, when given. */
  kubeProxy?: KubeProxySettings;
}

const PROXY_MODES = ["nftables", "iptables", "ipvs"];

/** Returns whether a network plugin needs kube-proxy. Cilium takes its place. */
export function needsKubeProxy({ type }: { type: string }): boolean {
  return type !== "cilium";
}

/** Checks that the settings of a cluster fit its network plugin. */
export function checkCni({ cni, podCidr, ciliumEtcd, kubeProxy }: CniFacts, problems: Problems): void {
  const values = problems.at("cni.values");
  if (cni.type === "cilium") {
    checkCiliumValues(cni.values ?? {}, ciliumEtcd, values);
    checkMetadataAccess(cni, problems.at("cni"));
  }
  if (cni.type === "flannel") checkFlannelValues(cni.values ?? {}, podCidr, values);
  if (kubeProxy) checkKubeProxy(cni, kubeProxy, problems.at("kubeProxy"));
}

function checkCiliumValues(values: Record<string, unknown>, ciliumEtcd: boolean, problems: Problems): void {
  const { kubeProxyReplacement } = values;
  if (kubeProxyReplacement !== undefined && String(kubeProxyReplacement) !== "true") {
    problems.add(
      "kubeProxyReplacement",
      `${JSON.stringify(kubeProxyReplacement)} leaves nobody to serve Services, because kube-proxy does not run beside Cilium; remove it`,
    );
  }
  const slices = values.ciliumEndpointSlice as { enabled?: unknown } | undefined;
  if (ciliumEtcd && slices?.enabled === true) {
    problems.add(
      "ciliumEndpointSlice.enabled",
      "true is for endpoints in custom resources, but etcd.ciliumEtcd keeps them in etcd; remove one",
    );
  }
}

function checkFlannelValues(values: Record<string, unknown>, podCidr: string, problems: Problems): void {
  if (values.podCidr !== undefined && values.podCidr !== podCidr) {
    problems.add("podCidr", `${JSON.stringify(values.podCidr)} is not the cluster's podCidr, ${podCidr}; remove it`);
  }
}

function checkKubeProxy(cni: { type: string }, { configuration = {} }: KubeProxySettings, problems: Problems): void {
  if (!needsKubeProxy(cni) && Object.keys(configuration).length > 0)
    problems.add("configuration", "is set, but kube-proxy does not run: Cilium takes its place; remove it");
  const { mode } = configuration;
  if (mode !== undefined && !PROXY_MODES.includes(String(mode))) {
    problems.add("configuration.mode", `${JSON.stringify(mode)} is no mode of kube-proxy; use ${PROXY_MODES.join(", ")}`);
  }
}
