import type { AnyOf } from "../any-of.ts";
import type { ApiEndpointSettings } from "../api-endpoint/settings.ts";
import { needsKubeProxy } from "../cni/rules.ts";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../control-plane/virtual-address.ts";
import { defined } from "../defined.ts";
import { DEFAULT_MEMBERS } from "../etcd/rules.ts";
import { API_PORT } from "../kubeadm/init.ts";
import { DEFAULT_MAX_PODS } from "../kubeadm/kubelet.ts";
import type { AdoptedIds, NetworkSettings } from "../network/settings.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../node/kubernetes-version.ts";
import { DEFAULT_CA_VALIDITY } from "../pki/validity.ts";
import { isPoolSize, nodeKeys } from "../pool/node-keys.ts";
import type { PoolSettings } from "../pool/settings.ts";
import { ownBastion } from "../ssh/own-bastion.ts";
import type { FixedSettings } from "./fixed-settings.ts";
import type { KubernetesClusterArgs } from "./settings.ts";

/** Defaults of a cluster. */
export const DEFAULTS = {
  kubernetesVersion: DEFAULT_KUBERNETES_VERSION,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/12",
  nodeCidrMask: 24,
  maxPods: DEFAULT_MAX_PODS,
} as const;

/** Returns the settings of a cluster that are fixed when it is created. */
export function fixedSettings(args: Partial<KubernetesClusterArgs>): FixedSettings {
  const { cni, etcd, podCidr, serviceCidr, nodeCidrMask } = args;
  const plugin = cni?.type ?? "cilium";
  return {
    cni: plugin,
    kvstore: etcd?.topology === "external" && etcd.ciliumEtcd === true,
    eventsEtcd: etcd?.topology === "external" && etcd.eventsEtcd === true,
    podCidr: podCidr ?? DEFAULTS.podCidr,
    serviceCidr: serviceCidr ?? DEFAULTS.serviceCidr,
    nodeCidrMask: nodeCidrMask ?? DEFAULTS.nodeCidrMask,
    kubeProxy: needsKubeProxy({ type: plugin }),
    etcd: etcd?.topology ?? "stacked",
    caValidity: args.certificates?.caValidity ?? DEFAULT_CA_VALIDITY,
    ...fixedNetwork(args),
    ...fixedEndpoint(args),
  };
}

function fixedNetwork({ network = {} }: { network?: AnyOf<NetworkSettings> }) {
  const { adopt: { networkId, subnetId } = {} as Partial<AdoptedIds>, cidr = "", router, externalNetwork } = network;
  return {
    networkCidr: cidr,
    ...plain("adoptedNetwork", networkId),
    ...plain("adoptedSubnet", subnetId),
    ...plain("router", router),
    ...plain("externalNetwork", externalNetwork),
  };
}

function fixedEndpoint({ apiEndpoint = {} }: { apiEndpoint?: AnyOf<ApiEndpointSettings> }) {
  const { type = "", address, port, host, provider, flavorId, zone } = apiEndpoint;
  const defaultPort = type === "vip" ? DEFAULT_VIRTUAL_ADDRESS_PORT : API_PORT;
  return {
    endpoint: type,
    endpointAddress: address ?? false,
    endpointPort: port ?? defaultPort,
    ...plain("endpointHost", host),
    ...defined({ loadBalancerProvider: provider }),
    ...plain("loadBalancerFlavor", flavorId),
    ...plain("loadBalancerZone", zone),
  } as const;
}

/** Returns a setting that is given as text, or false when it is not given. A value that becomes known only in a run is left out. */
function plain<K extends string>(setting: K, value: unknown): { [key in K]?: string | false } {
  if (value === undefined) return { [setting]: false } as { [key in K]: false };
  return typeof value === "string" ? ({ [setting]: value } as { [key in K]: string }) : {};
}

/** Counts the nodes of a cluster, control planes included. */
export function nodeCount({ controlPlane, pools = {} }: Partial<KubernetesClusterArgs>): number {
  return Object.values(pools).reduce((sum, pool) => sum + poolSize(pool), controlPlane?.count ?? 1);
}

/** Counts the addresses that a cluster takes in the nodes' network: its own machines, and the endpoint's address in it. */
export function addressCount({ controlPlane, pools = {}, etcd, ssh, apiEndpoint }: Partial<KubernetesClusterArgs>): number {
  const made = Object.fromEntries(Object.entries(pools).filter(([, pool]) => "count" in pool && pool.network === undefined));
  const nodes = nodeCount({ ...defined({ controlPlane }), pools: made });
  const members = etcd?.topology === "external" ? (etcd.members ?? DEFAULT_MEMBERS) : 0;
  const bastion = ownBastion(ssh) ? 1 : 0;
  return nodes + members + bastion + (apiEndpoint?.type === "vip" || apiEndpoint?.type === "octavia" ? 1 : 0);
}

function poolSize(pool: PoolSettings): number {
  if ("imported" in pool) return pool.imported.length;
  // An invalid count is reported elsewhere, and counts as zero here.
  return isPoolSize(pool.count) ? nodeKeys(pool).length : 0;
}
