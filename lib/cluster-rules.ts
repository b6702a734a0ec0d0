import { checkCidr, checkCidrs, checkOverlaps, checkPodCapacity, machineCapacity, prefixOf } from "./cidr.ts";
import { LONGEST_CLUSTER_NAME } from "./cilium-values.ts";
import { checkShape } from "./cluster-schema.ts";
import { DEFAULT_MAX_PODS } from "./kubeadm/kubelet.ts";
import type { Taint } from "./kubeadm/node-registration.ts";
import { checkKubernetesVersion, DEFAULT_KUBERNETES_VERSION } from "./kubernetes-version.ts";
import { checkName, GENERATED_SUFFIX, LONGEST_LABEL } from "./names.ts";
import { isPoolSize, type NodeKeys, nodeKeys } from "./node-keys.ts";
import { checkPool } from "./pool.ts";
import type { Problems } from "./problems.ts";
import { checkRegistries, type RegistryArgs } from "./registries.ts";
import { checkControlPlaneCount } from "./topology.ts";

/** What a cluster has when nothing is said. */
export const DEFAULTS = {
  kubernetesVersion: DEFAULT_KUBERNETES_VERSION,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/12",
  nodeCidrMask: 24,
  maxPods: DEFAULT_MAX_PODS,
} as const;

/** Largest service network of kubeadm: 20 bits of addresses (constants.go, MaximumBitsForServiceSubnet). */
const LARGEST_SERVICE_PREFIX = 12;

/** Addresses of a node's pod network that no pod gets: the network itself, broadcast, and Cilium's router and health endpoint. */
const RESERVED_POD_ADDRESSES = 4;

/** The part of a cluster's arguments that rules look at. */
interface Cluster {
  network?: { cidr: string; externalNetwork?: unknown };
  apiEndpoint?: { type: string; allowedCidrs: string[] };
  controlPlane?: { count?: number };
  pools?: Record<string, NodeKeys & { labels?: Record<string, string>; taints?: Taint[]; drainSeconds?: number }>;
  kubernetesVersion?: string;
  podCidr?: string;
  serviceCidr?: string;
  nodeCidrMask?: number;
  cni?: { type: string };
  ssh?: { allowedCidrs?: string[] };
  kubelet?: { maxPods?: number };
  registries?: RegistryArgs;
}

/** Notes everything that is wrong with a cluster's arguments and that can be known without asking the cloud. */
export function checkCluster(name: string, args: object, problems: Problems): void {
  const sound = checkShape(args, problems);
  const cluster = Object.fromEntries(
    Object.entries(args).filter(([property, value]) => sound.has(property) && value !== undefined),
  ) as Cluster;
  checkNames(name, cluster, problems);
  checkKubernetesVersion("kubernetesVersion", cluster.kubernetesVersion ?? DEFAULTS.kubernetesVersion, problems);
  checkControlPlane(cluster, problems);
  checkEndpoint(cluster, problems);
  for (const [pool, poolArgs] of Object.entries(cluster.pools ?? {})) checkPool(poolArgs, problems.at(`pools.${pool}`));
  if (sound.has("network")) checkNetworks(cluster, problems);
  checkMaxPods(cluster, problems);
  if (cluster.registries) checkRegistries(cluster.registries, problems.at("registries"));
}

/** Number of nodes of a cluster, control planes included. */
export function nodeCount({ controlPlane, pools = {} }: Pick<Cluster, "controlPlane" | "pools">): number {
  // What is no number of nodes is noted elsewhere, and counts for none here.
  const workers = Object.values(pools).map((pool) => (isPoolSize(pool.count) ? nodeKeys(pool).length : 0));
  return workers.reduce((sum, count) => sum + count, controlPlane?.count ?? 1);
}

function checkNames(name: string, { pools = {}, cni }: Cluster, problems: Problems): void {
  const suffix = "-control-plane-0".length;
  checkName("name", name, problems, suffix);
  if ((cni?.type ?? "cilium") === "cilium" && name.length > LONGEST_CLUSTER_NAME) {
    problems.add("name", `"${name}" has ${name.length} characters; Cilium takes at most ${LONGEST_CLUSTER_NAME}, so shorten it`);
  }
  const nameLength = Math.min(name.length, LONGEST_LABEL - suffix);
  for (const [pool, { count }] of Object.entries(pools)) {
    // A server is called CLUSTER-POOL-KEY and a generated suffix.
    const keyLength = isPoolSize(count) ? String(count).length : 1;
    checkName(`pools.${pool}`, pool, problems, nameLength + keyLength + 2 + GENERATED_SUFFIX);
    if (pool === "control-plane") problems.add(`pools.${pool}`, `"${pool}" would be taken for the control plane; choose another name`);
  }
}

function checkControlPlane({ controlPlane, apiEndpoint }: Cluster, problems: Problems): void {
  const count = controlPlane?.count ?? 1;
  checkControlPlaneCount("controlPlane.count", count, "stacked", problems);
  if (apiEndpoint?.type === "floatingIp" && count > 1) {
    problems.add(
      "apiEndpoint.type",
      `"floatingIp" reaches one control plane, not ${count}; use "external", or set controlPlane.count to 1`,
    );
  }
}

function checkEndpoint({ apiEndpoint, network, ssh }: Cluster, problems: Problems): void {
  if (apiEndpoint) {
    if (apiEndpoint.allowedCidrs.length === 0) {
      problems.add(
        "apiEndpoint.allowedCidrs",
        'is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]',
      );
    }
    checkCidrs("apiEndpoint.allowedCidrs", apiEndpoint.allowedCidrs, problems);
    if (apiEndpoint.type === "floatingIp" && network && network.externalNetwork === undefined) {
      problems.add(
        "network.externalNetwork",
        'is missing; an API endpoint of type "floatingIp" takes its address from there, so name the external network',
      );
    }
  }
  checkCidrs("ssh.allowedCidrs", ssh?.allowedCidrs ?? [], problems);
}

function checkNetworks(cluster: Cluster, problems: Problems): void {
  const { network, podCidr = DEFAULTS.podCidr, serviceCidr = DEFAULTS.serviceCidr, nodeCidrMask = DEFAULTS.nodeCidrMask } = cluster;
  const networks = { "network.cidr": network?.cidr ?? "", podCidr, serviceCidr };
  const wellFormed = Object.entries(networks).filter(([property, cidr]) => checkCidr(property, cidr, problems));
  checkOverlaps(Object.fromEntries(wellFormed), problems);

  const properties = new Set(wellFormed.map(([property]) => property));
  const nodes = nodeCount(cluster);
  if (properties.has("podCidr")) checkPodCapacity("podCidr", podCidr, nodeCidrMask, nodes, problems);
  if (properties.has("serviceCidr") && prefixOf(serviceCidr) < LARGEST_SERVICE_PREFIX) {
    problems.add("serviceCidr", `${serviceCidr} is larger than kubeadm allows; use a prefix of at least /${LARGEST_SERVICE_PREFIX}`);
  }
  if (properties.has("network.cidr") && network && machineCapacity(network.cidr) < nodes) {
    problems.add(
      "network.cidr",
      `${network.cidr} has room for ${machineCapacity(network.cidr)} machines, too few for ${nodes} nodes; use a shorter prefix`,
    );
  }
}

function checkMaxPods({ kubelet, nodeCidrMask = DEFAULTS.nodeCidrMask }: Cluster, problems: Problems): void {
  const maxPods = kubelet?.maxPods ?? DEFAULTS.maxPods;
  const room = 2 ** (32 - nodeCidrMask) - RESERVED_POD_ADDRESSES;
  if (maxPods < 1 || maxPods > 250) problems.add("kubelet.maxPods", `${maxPods} is not a number of pods for a node; use 1 to 250`);
  else if (maxPods > room)
    problems.add(
      "nodeCidrMask",
      `/${nodeCidrMask} has addresses for ${room} pods, too few for kubelet.maxPods ${maxPods}; use a shorter prefix or fewer pods`,
    );
}
