import type { AnyOf } from "../any-of.ts";
import type { ApiEndpointSettings } from "../api-endpoint/settings.ts";
import { checkOutside } from "../network/address.ts";
import { checkOverlaps, checkPodCapacity, machineCapacity, prefixOf } from "../network/cidr.ts";
import { checkNetwork, checkUsableCidr } from "../network/rules.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { Problems } from "../problems.ts";
import { checkPoolNetworks } from "./pool-networks.ts";
import type { KubernetesClusterArgs } from "./settings.ts";
import { addressCount, fixedSettings, nodeCount } from "./shape.ts";

/** Shortest and longest prefix of a service network: kubeadm takes 20 bits of addresses at most, and 10 addresses at least (constants.go). */
const SHORTEST_SERVICE_PREFIX = 12;
const LONGEST_SERVICE_PREFIX = 28;

/** Checks the networks of nodes, pods and Services, and that they have room. */
export function checkNetworks(cluster: Partial<KubernetesClusterArgs>, problems: Problems): void {
  const network: AnyOf<NetworkSettings> = cluster.network ?? {};
  const { podCidr, serviceCidr, nodeCidrMask } = fixedSettings(cluster);
  checkNetwork(network, problems.at("network"));
  const wellFormed = Object.fromEntries([
    ...(isUsable(network.cidr ?? "") ? [["network.cidr", network.cidr ?? ""]] : []),
    ...Object.entries({ podCidr, serviceCidr }).filter(([property, cidr]) => checkUsableCidr(property, cidr, problems)),
  ]) as Record<string, string>;
  const { "network.cidr": nodes, ...ofCluster } = wellFormed;
  checkOverlaps(wellFormed, problems);
  checkNodeCidrs(network.nodeCidrs ?? [], ofCluster, problems);
  checkPoolNetworks(cluster.pools ?? {}, network, wellFormed, problems);
  checkAddresses(cluster, ofCluster, problems);

  if (ofCluster.podCidr !== undefined) checkPods(cluster, podCidr, nodeCidrMask, problems);
  if (ofCluster.serviceCidr !== undefined) checkServices(serviceCidr, problems);
  if (nodes !== undefined) checkMachineRoom(cluster, nodes, problems);
}

function checkPods(cluster: Partial<KubernetesClusterArgs>, podCidr: string, nodeCidrMask: number, problems: Problems): void {
  const [own, scaled = 0] = [nodeCount(cluster), cluster.scale?.nodes];
  checkPodCapacity("podCidr", podCidr, nodeCidrMask, own, problems);
  const blocks = 2 ** (nodeCidrMask - prefixOf(podCidr));
  if (scaled > own && scaled > blocks && own <= blocks && blocks >= 1)
    problems.add(
      "scale.nodes",
      `${scaled} nodes do not fit podCidr ${podCidr}, which has ${blocks} blocks of /${nodeCidrMask}; use a shorter prefix there`,
    );
}

function checkServices(serviceCidr: string, problems: Problems): void {
  if (prefixOf(serviceCidr) < SHORTEST_SERVICE_PREFIX)
    problems.add("serviceCidr", `${serviceCidr} is larger than kubeadm allows; use a prefix of at least /${SHORTEST_SERVICE_PREFIX}`);
  if (prefixOf(serviceCidr) > LONGEST_SERVICE_PREFIX)
    problems.add("serviceCidr", `${serviceCidr} is smaller than kubeadm allows; use a prefix of at most /${LONGEST_SERVICE_PREFIX}`);
}

/** Checks that the nodes' network has room for the machines. A size that is given may be that of nodes in further networks, too. */
function checkMachineRoom(cluster: Partial<KubernetesClusterArgs>, cidr: string, problems: Problems): void {
  const [addresses, room] = [addressCount(cluster), machineCapacity(cidr)];
  if (room < addresses)
    problems.add("network.cidr", `${cidr} has room for ${room} machines, too few for ${addresses}; use a shorter prefix`);
  const { network, pools = {}, scale: { nodes = 0 } = {} } = cluster;
  const isAlone = !network?.nodeCidrs?.length && Object.values(pools).every((pool) => "count" in pool && pool.network === undefined);
  if (isAlone && room >= addresses && nodes > room)
    problems.add(
      "scale.nodes",
      `${nodes} nodes do not fit network.cidr ${cidr}, which has room for ${room} machines; use a shorter prefix there`,
    );
}

/** Checks further networks of nodes. They may be inside the nodes' network, but must not overlap those of pods and Services. */
function checkNodeCidrs(nodeCidrs: readonly string[], inside: Readonly<Record<string, string>>, problems: Problems): void {
  nodeCidrs.forEach((cidr, place) => {
    if (!isUsable(cidr)) return;
    for (const [other, otherCidr] of Object.entries(inside))
      checkOverlaps({ [`network.nodeCidrs[${place}]`]: cidr, [other]: otherCidr }, problems);
  });
}

/** Checks that no address which nodes must reach is one of pods or Services. */
function checkAddresses(cluster: Partial<KubernetesClusterArgs>, inside: Readonly<Record<string, string>>, problems: Problems): void {
  const { apiEndpoint, network, pools = {}, ssh } = cluster;
  const { host }: AnyOf<ApiEndpointSettings> = apiEndpoint ?? {};
  const { dnsServers = [] }: AnyOf<NetworkSettings> = network ?? {};
  checkOutside("apiEndpoint.host", host, inside, problems);
  for (const [place, server] of dnsServers.entries()) checkOutside(`network.dnsServers[${place}]`, server, inside, problems);
  if (ssh?.bastion && "host" in ssh.bastion) checkOutside("ssh.bastion.host", ssh.bastion.host, inside, problems);
  for (const [pool, args] of Object.entries(pools)) {
    if (!("imported" in args)) continue;
    for (const [place, { address }] of args.imported.entries())
      checkOutside(`pools.${pool}.imported[${place}].address`, address, inside, problems);
  }
}

/** Returns whether a network is well-formed and can be used. What is wrong with it is reported elsewhere. */
function isUsable(cidr: string): boolean {
  return checkUsableCidr("", cidr, new Problems());
}
