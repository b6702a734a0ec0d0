import { checkApiEndpoint } from "../api-endpoint/rules.ts";
import { LONGEST_CLUSTER_NAME } from "../cni/cilium-values.ts";
import { checkCni } from "../cni/rules.ts";
import { checkControlPlaneCount, MOST_CONTROL_PLANES } from "../control-plane/topology.ts";
import { defined } from "../defined.ts";
import { checkEtcd } from "../etcd/rules.ts";
import { checkAuthenticationFlags } from "../kubeadm/authentication.ts";
import { MOST_PODS } from "../kubeadm/kubelet.ts";
import { checkName, GENERATED_SUFFIX, LONGEST_LABEL } from "../names.ts";
import { checkCidr, checkCidrs, checkOverlaps, checkPodCapacity, machineCapacity, prefixOf } from "../network/cidr.ts";
import { checkSysctls } from "../node/kernel-settings.ts";
import { checkKubernetesVersion } from "../node/kubernetes-version.ts";
import { checkMachine, LONGEST_TAG } from "../node/machine.ts";
import { checkRegistries } from "../node/registries.ts";
import { checkConcurrency } from "../pool/concurrency.ts";
import { checkImportedPool } from "../pool/imported.ts";
import { isPoolSize } from "../pool/node-keys.ts";
import { checkPool } from "../pool/rules.ts";
import type { Problems } from "../problems.ts";
import { checkBastion } from "../ssh/bastion.ts";
import { checkShape } from "./schema.ts";
import type { KubernetesClusterArgs } from "./settings.ts";
import { addressCount, DEFAULTS, fixedSettings, nodeCount } from "./shape.ts";

/** Shortest prefix of a service network: kubeadm allows 20 bits of addresses (constants.go, MaximumBitsForServiceSubnet). */
const SHORTEST_SERVICE_PREFIX = 12;

/** Addresses of a node's pod network that no pod gets: network, broadcast, and Cilium's router and health endpoint. */
const RESERVED_POD_ADDRESSES = 4;

/** Longest name of a cluster in a tag, "caravan-cluster=NAME". */
const LONGEST_TAGGED_NAME = LONGEST_TAG - "caravan-cluster=".length;

/** Parts of every cluster. Their machines are named like a pool's, so no pool may have such a name. */
const OWN_PARTS = ["control-plane", "etcd", "bastion"];

/** Checks all arguments of a cluster, as far as that is possible without a request to the cloud. */
export function checkCluster(name: string, args: object, problems: Problems): void {
  const sound = checkShape(args, problems);
  const cluster = Object.fromEntries(
    Object.entries(args).filter(([property, value]) => sound.has(property) && value !== undefined),
  ) as Partial<KubernetesClusterArgs>;
  checkNames(name, cluster, problems);
  checkKubernetesVersion("kubernetesVersion", cluster.kubernetesVersion ?? DEFAULTS.kubernetesVersion, problems);
  checkControlPlane(cluster, problems);
  checkExternalEtcd(cluster, problems);
  if (cluster.apiEndpoint) {
    checkApiEndpoint(cluster.apiEndpoint, { network: cluster.network, controlPlanes: cluster.controlPlane?.count ?? 1 }, problems);
  }
  checkSsh(cluster, problems);
  for (const [pool, poolArgs] of Object.entries(cluster.pools ?? {})) {
    const at = problems.at(`pools.${pool}`);
    if ("imported" in poolArgs) checkImportedPool(poolArgs, at);
    else checkPool(poolArgs, at);
  }
  if (cluster.concurrency) checkConcurrency(cluster.concurrency, problems.at("concurrency"));
  checkNetworkPlugin(cluster, problems);
  if (sound.has("network")) checkNetworks(cluster, problems);
  checkMaxPods(cluster, problems);
  if (cluster.registries) checkRegistries(cluster.registries, problems.at("registries"));
  if (cluster.sysctls) checkSysctls(cluster.sysctls, problems.at("sysctls"));
}

function checkNames(name: string, { pools = {}, cni }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const suffix = Math.max(`-control-plane-${MOST_CONTROL_PLANES - 1}`.length, LONGEST_LABEL - LONGEST_TAGGED_NAME);
  checkName("name", name, problems, suffix);
  if ((cni?.type ?? "cilium") === "cilium" && name.length > LONGEST_CLUSTER_NAME) {
    problems.add("name", `"${name}" has ${name.length} characters; Cilium takes at most ${LONGEST_CLUSTER_NAME}, so shorten it`);
  }
  const nameLength = Math.min(name.length, LONGEST_LABEL - suffix);
  for (const [pool, args] of Object.entries(pools)) {
    // A server's name is CLUSTER-POOL-KEY and a generated suffix.
    const keyLength = "count" in args && isPoolSize(args.count) ? String(args.count).length : 1;
    checkName(`pools.${pool}`, pool, problems, nameLength + keyLength + 2 + GENERATED_SUFFIX);
    if (OWN_PARTS.includes(pool)) problems.add(`pools.${pool}`, `"${pool}" is a part of every cluster; choose another name`);
  }
}

function checkControlPlane({ controlPlane, etcd }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  checkControlPlaneCount("controlPlane.count", controlPlane?.count ?? 1, etcd?.topology ?? "stacked", problems);
  if (!controlPlane) return;
  checkMachine(controlPlane.machine, problems.at("controlPlane.machine"));
  checkAuthenticationFlags(controlPlane.extraArgs?.apiServer ?? {}, problems.at("controlPlane.extraArgs.apiServer"));
}

function checkExternalEtcd({ etcd, apiEndpoint, ssh, cni }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  if (etcd?.topology !== "external") return;
  const at = problems.at("etcd");
  checkEtcd(etcd, at);
  checkMachine(etcd.machine, at.at("machine"));
  if (etcd.ciliumEtcd && (cni?.type ?? "cilium") !== "cilium") {
    at.add("ciliumEtcd", `true is only of use to Cilium, and cni.type is "${cni?.type}"; leave it out, or use cni.type "cilium"`);
  }
  // etcd starts before the control plane, so its machines cannot be reached through the control plane.
  if (apiEndpoint?.type === "floatingIp" && !ssh?.bastion) {
    problems.add(
      "ssh.bastion",
      'is missing; with an API endpoint of type "floatingIp", machines of an external etcd are reached through one',
    );
  }
}

function checkNetworkPlugin(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const { podCidr, kvstore } = fixedSettings(cluster);
  const { cni = { type: "cilium" }, kubeProxy } = cluster;
  checkCni({ cni, podCidr, ciliumEtcd: kvstore, ...defined({ kubeProxy }) }, problems);
}

function checkSsh({ ssh, network, apiEndpoint }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  checkCidrs("ssh.allowedCidrs", ssh?.allowedCidrs ?? [], problems);
  if (!ssh?.bastion || !("machine" in ssh.bastion)) return;
  const { machine, allowedCidrs = ssh.allowedCidrs ?? apiEndpoint?.allowedCidrs } = ssh.bastion;
  if (allowedCidrs) checkBastion({ machine, allowedCidrs: [...allowedCidrs] }, problems.at("ssh.bastion"));
  if (network && network.externalNetwork === undefined) {
    problems.add("network.externalNetwork", "is missing; the bastion's floating IP is taken from there, so name the external network");
  }
}

function checkNetworks(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const { network } = cluster;
  const { podCidr, serviceCidr, nodeCidrMask } = fixedSettings(cluster);
  const networks = { "network.cidr": network?.cidr ?? "", podCidr, serviceCidr };
  const wellFormed = Object.entries(networks).filter(([property, cidr]) => checkCidr(property, cidr, problems));
  checkOverlaps(Object.fromEntries(wellFormed), problems);
  const ofCluster = wellFormed.filter(([property]) => property !== "network.cidr");
  checkNodeCidrs(network?.nodeCidrs ?? [], ofCluster, problems);

  const properties = new Set(wellFormed.map(([property]) => property));
  if (properties.has("podCidr")) checkPodCapacity("podCidr", podCidr, nodeCidrMask, nodeCount(cluster), problems);
  if (properties.has("serviceCidr") && prefixOf(serviceCidr) < SHORTEST_SERVICE_PREFIX) {
    problems.add("serviceCidr", `${serviceCidr} is larger than kubeadm allows; use a prefix of at least /${SHORTEST_SERVICE_PREFIX}`);
  }
  const addresses = addressCount(cluster);
  if (properties.has("network.cidr") && network && machineCapacity(network.cidr) < addresses) {
    problems.add(
      "network.cidr",
      `${network.cidr} has room for ${machineCapacity(network.cidr)} machines, too few for ${addresses}; use a shorter prefix`,
    );
  }
}

/** Checks further networks of nodes. They may be inside the nodes' network, but must not overlap those of pods and Services. */
function checkNodeCidrs(nodeCidrs: readonly string[], inside: readonly [property: string, cidr: string][], problems: Problems): void {
  nodeCidrs.forEach((cidr, place) => {
    const property = `network.nodeCidrs[${place}]`;
    if (!checkCidr(property, cidr, problems)) return;
    for (const [other, otherCidr] of inside) checkOverlaps({ [property]: cidr, [other]: otherCidr }, problems);
  });
}

function checkMaxPods(
  { kubelet, pools = {}, nodeCidrMask = DEFAULTS.nodeCidrMask }: Partial<KubernetesClusterArgs>,
  problems: Problems,
): void {
  const maxPods = kubelet?.maxPods ?? DEFAULTS.maxPods;
  if (maxPods < 1 || maxPods > MOST_PODS)
    problems.add("kubelet.maxPods", `${maxPods} is not a number of pods for a node; use 1 to ${MOST_PODS}`);
  else checkRoom("kubelet.maxPods", maxPods, nodeCidrMask, problems);
  for (const [pool, { kubelet: own }] of Object.entries(pools)) {
    if (own?.maxPods !== undefined) checkRoom(`pools.${pool}.kubelet.maxPods`, own.maxPods, nodeCidrMask, problems);
  }
}

function checkRoom(property: string, maxPods: number, nodeCidrMask: number, problems: Problems): void {
  const room = 2 ** (32 - nodeCidrMask) - RESERVED_POD_ADDRESSES;
  if (maxPods > room)
    problems.add(
      "nodeCidrMask",
      `/${nodeCidrMask} has addresses for ${room} pods, too few for ${property} ${maxPods}; use a shorter prefix or fewer pods`,
    );
}
