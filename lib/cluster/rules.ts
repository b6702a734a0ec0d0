import { checkAddOns } from "../add-ons/rules.ts";
import type { AnyOf } from "../any-of.ts";
import { checkApiEndpoint } from "../api-endpoint/rules.ts";
import type { ApiEndpointSettings } from "../api-endpoint/settings.ts";
import { LONGEST_CLUSTER_NAME } from "../cni/cilium-values.ts";
import { checkCni } from "../cni/rules.ts";
import { checkControlPlane } from "../control-plane/rules.ts";
import { MOST_CONTROL_PLANES } from "../control-plane/topology.ts";
import { defined } from "../defined.ts";
import { checkEtcd, checkEtcdVersion } from "../etcd/rules.ts";
import { checkBackups } from "../etcd-backup/rules.ts";
import { isPodLimit } from "../kubeadm/kubelet.ts";
import { checkName, GENERATED_SUFFIX, LONGEST_LABEL } from "../names.ts";
import { checkPoolNetwork } from "../network/rules.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../node/kubernetes-version.ts";
import { LONGEST_TAG } from "../node/machine.ts";
import { checkSoftware } from "../node/rules.ts";
import { checkCertificates } from "../pki/validity.ts";
import { checkConcurrency } from "../pool/concurrency.ts";
import { checkImportedOnce, checkImportedPool, checkImportedSsh } from "../pool/imported.ts";
import { isPoolSize } from "../pool/node-keys.ts";
import { checkPool } from "../pool/rules.ts";
import type { ImportedPoolSettings } from "../pool/settings.ts";
import { checkPoolVersion } from "../pool/upgrade.ts";
import { Problems } from "../problems.ts";
import { checkScale } from "../scale-profile/rules.ts";
import { checkBastion } from "../ssh/bastion.ts";
import { ownBastion } from "../ssh/own-bastion.ts";
import { checkSsh } from "../ssh/rules.ts";
import { checkNetworks } from "./networks.ts";
import { checkShape } from "./schema.ts";
import type { KubernetesClusterArgs } from "./settings.ts";
import { DEFAULTS, fixedSettings, nodeCount } from "./shape.ts";

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
  checkSoftware(cluster, problems);
  checkControlPlane(cluster.controlPlane ?? {}, cluster.etcd?.topology ?? "stacked", problems.at("controlPlane"));
  checkEtcdOf(cluster, problems);
  checkEndpoint(cluster, problems);
  checkAccess(cluster, problems);
  checkPools(name, cluster, problems);
  checkCertificates(cluster.certificates ?? {}, problems.at("certificates"));
  checkRotatedEtcd(cluster, problems.at("certificates.rotation"));
  if (cluster.concurrency) checkConcurrency(cluster.concurrency, problems.at("concurrency"));
  checkNetworkPlugin(cluster, problems);
  checkAddOns(cluster.addOns ?? {}, cluster.kubernetesVersion ?? DEFAULT_KUBERNETES_VERSION, problems.at("addOns"));
  if (sound.has("network")) checkNetworks(cluster, problems);
  checkPodRoom(cluster, problems);
  checkSize(cluster, problems);
}

/** Returns whether the arguments of a cluster are valid. */
export function isValidCluster(name: string, args: object): boolean {
  const problems = new Problems();
  checkCluster(name, args, problems);
  return problems.lines.length === 0;
}

function checkPools(
  name: string,
  { pools = {}, kubernetesVersion = DEFAULT_KUBERNETES_VERSION }: Partial<KubernetesClusterArgs>,
  problems: Problems,
): void {
  for (const [pool, args] of Object.entries(pools)) {
    const at = problems.at(`pools.${pool}`);
    if (args.kubernetesVersion !== undefined) checkPoolVersion(args.kubernetesVersion, kubernetesVersion, at);
    if ("imported" in args) {
      const { ssh = {}, ...servers } = args;
      checkImportedPool({ ...servers, clusterName: name }, at);
      checkImportedSsh(ssh, at.at("ssh"));
    } else {
      checkPool(args, at);
      if (args.network) checkPoolNetwork(args.network, at.at("network"));
    }
  }
  const imported = Object.entries(pools).filter((entry): entry is [string, ImportedPoolSettings] => "imported" in entry[1]);
  checkImportedOnce(Object.fromEntries(imported), problems);
}

function checkEndpoint({ apiEndpoint, network, controlPlane, ssh }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  if (apiEndpoint) checkApiEndpoint(apiEndpoint, { network, controlPlanes: controlPlane?.count ?? 1, sshPort: ssh?.port }, problems);
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

function checkEtcdOf({ etcd, apiEndpoint, ssh, cni, kubernetesVersion }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const at = problems.at("etcd");
  if (etcd?.topology === "stacked") {
    checkEtcdVersion(etcd.etcdVersion, kubernetesVersion, at);
    checkBackups(etcd, at);
  }
  if (etcd?.topology !== "external") return;
  checkEtcd(etcd, at, kubernetesVersion);
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

function checkRotatedEtcd(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  if (cluster.certificates?.rotation?.ciliumEtcdCa === undefined || fixedSettings(cluster).kvstore) return;
  problems.add("ciliumEtcdCa", "is for the CA of Cilium's own etcd, and this cluster has none; leave it out");
}

function checkNetworkPlugin(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const { podCidr, kvstore } = fixedSettings(cluster);
  const { cni = { type: "cilium" }, kubeProxy } = cluster;
  checkCni({ cni, podCidr, ciliumEtcd: kvstore, ...defined({ kubeProxy }) }, problems);
}

function checkAccess({ ssh, network, apiEndpoint }: Partial<KubernetesClusterArgs>, problems: Problems): void {
  checkSsh(ssh ?? {}, problems.at("ssh"));
  const bastion = ownBastion(ssh);
  if (!bastion) return;
  const { allowedCidrs = ssh?.allowedCidrs ?? apiEndpoint?.allowedCidrs } = bastion;
  if (allowedCidrs) checkBastion({ ...bastion, allowedCidrs: [...allowedCidrs] }, problems.at("ssh.bastion"));
  const { floatingIpAddress }: AnyOf<ApiEndpointSettings> = apiEndpoint ?? {};
  if (typeof floatingIpAddress === "string" && floatingIpAddress === bastion.floatingIpAddress)
    problems.add("ssh.bastion.floatingIpAddress", `${floatingIpAddress} is the API endpoint's, too; give another one`);
  if (network && network.externalNetwork === undefined && bastion.floatingIpAddress === undefined) {
    problems.add("network.externalNetwork", "is missing; the bastion's floating IP is taken from there, so name the external network");
  }
}

/** Checks that a node's part of the pod network has an address for each of its pods. */
function checkPodRoom(
  { kubelet, pools = {}, nodeCidrMask = DEFAULTS.nodeCidrMask }: Partial<KubernetesClusterArgs>,
  problems: Problems,
): void {
  checkRoom("kubelet.maxPods", kubelet?.maxPods ?? DEFAULTS.maxPods, nodeCidrMask, problems);
  for (const [pool, { kubelet: own }] of Object.entries(pools)) {
    if (own?.maxPods !== undefined) checkRoom(`pools.${pool}.kubelet.maxPods`, own.maxPods, nodeCidrMask, problems);
  }
}

function checkSize(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const { scale = {}, kubelet, pools = {} } = cluster;
  const limits = [kubelet, ...Object.values(pools).map((pool) => pool.kubelet)].map((each) => each?.maxPods ?? DEFAULTS.maxPods);
  checkScale(scale, { nodes: nodeCount(cluster), maxPods: Math.max(...limits) }, problems.at("scale"));
}

function checkRoom(property: string, maxPods: number, nodeCidrMask: number, problems: Problems): void {
  if (!isPodLimit(maxPods)) return;
  const room = 2 ** (32 - nodeCidrMask) - RESERVED_POD_ADDRESSES;
  if (maxPods > room)
    problems.add(
      "nodeCidrMask",
      `/${nodeCidrMask} has addresses for ${room} pods, too few for ${property} ${maxPods}; use a shorter prefix or fewer pods`,
    );
}
