import { checkComponentConfiguration } from "../kubeadm/component-configuration.ts";
import { KUBE_PROXY_KIND } from "../kubeadm/kube-proxy.ts";
import type { KubeProxySettings } from "../kubeadm/settings.ts";
import type { Problems } from "../problems.ts";
import { isUrl } from "../url.ts";
import { checkMetadataAccess } from "./metadata-access.ts";

/** Settings of a network plugin's Helm chart. */
export interface ChartSettings {
  version?: string;
  repository?: string;
  chart?: string;
  values?: Record<string, unknown>;
}

/** Settings of a cluster that must fit its network plugin. */
export interface CniFacts {
  cni: ChartSettings & { type: string; metadataAccess?: boolean };
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
  if (cni.type === "cilium") checkCilium(cni, ciliumEtcd, problems.at("cni"));
  if (cni.type === "flannel") checkFlannel(cni, podCidr, problems.at("cni"));
  if (kubeProxy) checkKubeProxy(cni, kubeProxy, problems.at("kubeProxy"));
}

/** Checks the settings of Cilium. */
export function checkCilium(cilium: ChartSettings & { metadataAccess?: boolean }, hasEtcd: boolean, problems: Problems): void {
  checkChart(cilium, problems);
  checkCiliumValues(cilium.values ?? {}, hasEtcd, problems.at("values"));
  checkMetadataAccess(cilium, problems);
}

/** Checks the settings of Flannel. */
export function checkFlannel(flannel: ChartSettings, podCidr: string, problems: Problems): void {
  checkChart(flannel, problems);
  checkFlannelValues(flannel.values ?? {}, podCidr, problems.at("values"));
}

/** Checks the source of a Helm chart. */
function checkChart({ version, repository, chart = "" }: ChartSettings, problems: Problems): void {
  if (version !== undefined && !/^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(version))
    problems.add("version", `"${version}" is not the full version of a chart; write it like 1.19.6`);
  if (repository === undefined) return;
  if (chart.includes("/")) problems.add("repository", `is of no use to the chart "${chart}", which needs none; leave one out`);
  else if (repository.startsWith("oci://"))
    problems.add("repository", `"${repository}" is a reference to a chart; write it as chart, with the chart's name`);
  else if (!isUrl(repository)) problems.add("repository", `"${repository}" is not a URL; write it like https://helm.cilium.io`);
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
  checkComponentConfiguration(configuration, KUBE_PROXY_KIND, problems);
  const { mode } = configuration;
  if (mode !== undefined && !PROXY_MODES.includes(String(mode))) {
    problems.add("configuration.mode", `${JSON.stringify(mode)} is no mode of kube-proxy; use ${PROXY_MODES.join(", ")}`);
  }
}
