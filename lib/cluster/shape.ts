import type { EndpointShape } from "../api-endpoint/rules.ts";
import { needsKubeProxy } from "../cni/rules.ts";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../control-plane/virtual-address.ts";
import { DEFAULT_MEMBERS, type EtcdShape } from "../etcd/rules.ts";
import type { ExtraArgs } from "../kubeadm/cluster-configuration.ts";
import { API_PORT } from "../kubeadm/init.ts";
import type { KubeProxyArgs } from "../kubeadm/kube-proxy.ts";
import { DEFAULT_MAX_PODS } from "../kubeadm/kubelet.ts";
import type { Sysctls } from "../node/kernel-settings.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../node/kubernetes-version.ts";
import type { Machine } from "../node/machine.ts";
import type { RegistryArgs } from "../node/registries.ts";
import type { ImportedServer } from "../pool/imported.ts";
import { isPoolSize, type NodeKeys, nodeKeys } from "../pool/node-keys.ts";
import type { PoolSettings } from "../pool/rules.ts";
import type { WaveArgs } from "../pool/waves.ts";
import type { FixedSettings } from "./fixed-settings.ts";

/** What a cluster has when nothing is said. */
export const DEFAULTS = {
  kubernetesVersion: DEFAULT_KUBERNETES_VERSION,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/12",
  nodeCidrMask: 24,
  maxPods: DEFAULT_MAX_PODS,
} as const;

/** The part of a cluster's arguments that rules look at. */
export interface ClusterShape {
  network?: {
    cidr: string;
    nodeCidrs?: readonly string[];
    externalNetwork?: unknown;
    router?: unknown;
    adopt?: { networkId: unknown; subnetId: unknown };
  };
  apiEndpoint?: EndpointShape;
  controlPlane?: { count?: number; machine: Machine; extraArgs?: ExtraArgs };
  etcd?: { topology: "stacked" } | (EtcdShape & { topology: "external"; machine: Machine; ciliumEtcd?: boolean; eventsEtcd?: boolean });
  pools?: Record<string, PoolShape | ImportedPoolShape>;
  waves?: WaveArgs;
  kubernetesVersion?: string;
  podCidr?: string;
  serviceCidr?: string;
  nodeCidrMask?: number;
  cni?: { type: "cilium" | "flannel" | "none"; version?: string; values?: Record<string, unknown>; metadataAccess?: boolean };
  kubeProxy?: KubeProxyArgs;
  ssh?: { allowedCidrs?: string[]; bastion?: { host: unknown } | { machine: Machine; allowedCidrs?: string[] } };
  kubelet?: { maxPods?: number };
  registries?: RegistryArgs;
  sysctls?: Sysctls;
}

type PoolShape = NodeKeys & PoolSettings & { machine: Machine };
type ImportedPoolShape = PoolSettings & { imported: ImportedServer[] };

/** What of a cluster is decided for good when it is made. */
export function fixedSettings(args: ClusterShape): FixedSettings {
  const { kubernetesVersion, cni, etcd, podCidr, serviceCidr, nodeCidrMask } = args;
  const plugin = cni?.type ?? "cilium";
  return {
    kubernetesVersion: kubernetesVersion ?? DEFAULTS.kubernetesVersion,
    cni: plugin,
    kvstore: etcd?.topology === "external" && etcd.ciliumEtcd === true,
    eventsEtcd: etcd?.topology === "external" && etcd.eventsEtcd === true,
    podCidr: podCidr ?? DEFAULTS.podCidr,
    serviceCidr: serviceCidr ?? DEFAULTS.serviceCidr,
    nodeCidrMask: nodeCidrMask ?? DEFAULTS.nodeCidrMask,
    kubeProxy: needsKubeProxy({ type: plugin }),
    etcd: etcd?.topology ?? "stacked",
    ...fixedNetwork(args),
    ...fixedEndpoint(args),
  };
}

function fixedNetwork({ network }: ClusterShape) {
  const { networkId, subnetId } = network?.adopt ?? {};
  return {
    networkCidr: network?.cidr ?? "",
    ...plain("adoptedNetwork", networkId),
    ...plain("adoptedSubnet", subnetId),
    ...plain("router", network?.router),
    ...plain("externalNetwork", network?.externalNetwork),
  };
}

function fixedEndpoint({ apiEndpoint }: ClusterShape) {
  const { type = "", address, port, host } = apiEndpoint ?? {};
  const defaultPort = type === "vip" ? DEFAULT_VIRTUAL_ADDRESS_PORT : API_PORT;
  return { endpoint: type, endpointAddress: address ?? false, endpointPort: port ?? defaultPort, ...plain("endpointHost", host) } as const;
}

/** A setting that is given as text, or not at all; what only a run knows is left out. */
function plain<K extends string>(setting: K, value: unknown): { [key in K]?: string | false } {
  if (value === undefined) return { [setting]: false } as { [key in K]: false };
  return typeof value === "string" ? ({ [setting]: value } as { [key in K]: string }) : {};
}

/** Number of nodes of a cluster, control planes included. */
export function nodeCount({ controlPlane, pools = {} }: Pick<ClusterShape, "controlPlane" | "pools">): number {
  return Object.values(pools).reduce((sum, pool) => sum + poolSize(pool), controlPlane?.count ?? 1);
}

/** Number of addresses that a cluster's own machines take in the nodes' network, the virtual address included. */
export function addressCount({ controlPlane, pools = {}, etcd, ssh, apiEndpoint }: ClusterShape): number {
  const made = Object.fromEntries(Object.entries(pools).filter(([, pool]) => !("imported" in pool)));
  const nodes = nodeCount({ ...(controlPlane ? { controlPlane } : {}), pools: made });
  const members = etcd?.topology === "external" ? (etcd.members ?? DEFAULT_MEMBERS) : 0;
  const bastion = ssh?.bastion && "machine" in ssh.bastion ? 1 : 0;
  return nodes + members + bastion + (apiEndpoint?.type === "vip" || apiEndpoint?.type === "octavia" ? 1 : 0);
}

function poolSize(pool: PoolShape | ImportedPoolShape): number {
  if ("imported" in pool) return pool.imported.length;
  // What is no number of nodes is noted elsewhere, and counts for none here.
  return isPoolSize(pool.count) ? nodeKeys(pool).length : 0;
}
