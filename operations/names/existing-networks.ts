import type { AnyOf } from "../../lib/any-of.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import type { NetworkSettings } from "../../lib/network/settings.ts";
import type { Problems } from "../../lib/problems.ts";
import type { Listed } from "./kinds.ts";

/** Network in Neutron's listing. */
export interface Network extends Listed {
  project_id?: string;
  port_security_enabled?: boolean;
}

/** Subnet in Neutron's listing. */
export interface Subnet extends Listed {
  network_id: string;
  cidr: string;
  ip_version?: number;
  gateway_ip?: string | null;
  enable_dhcp?: boolean;
}

/** Networks and subnets in Neutron's listings; empty where OpenStack refused one. */
export interface Existing {
  networks: readonly Network[];
  subnets: readonly Subnet[];
}

/** Existing network and subnet of nodes in a cluster's arguments. */
interface Place {
  /** Paths of the properties. */
  at: { networkId: string; subnetId: string; cidr: string };
  networkId: unknown;
  subnetId: unknown;
  cidr: string;
}

/** Checks that existing networks and subnets belong together, have the given addresses, and can be used. */
export function checkExistingNetworks(args: KubernetesClusterArgs, existing: Existing, problems: Problems): void {
  for (const place of placesOf(args)) checkPlace(place, existing, problems);
  checkAdopted(args.network, existing, problems);
}

/** Returns what may keep a cluster from working in existing networks: OpenStack may be set up so that it does not. */
export function networkWarnings(args: KubernetesClusterArgs, { networks, subnets }: Existing, projectId: string): string[] {
  return placesOf(args).flatMap(({ at, networkId, subnetId }) => {
    const [network, subnet] = [find(networks, networkId), find(subnets, subnetId)];
    const isForeign = network?.project_id !== undefined && network.project_id !== projectId;
    return [
      ...(subnet?.enable_dhcp === false
        ? [`${at.subnetId}: ${subnet.id} has no DHCP, so machines have an address only where the cloud gives them a config drive`]
        : []),
      ...(subnet?.gateway_ip === null ? [`${at.subnetId}: ${subnet.id} has no gateway, so nodes reach nothing outside of it`] : []),
      ...(isForeign && at.cidr === "network.cidr" && args.apiEndpoint.type === "vip"
        ? [
            `${at.networkId}: ${network.id} belongs to another project, where Neutron allows the address pairs of apiEndpoint.type "vip" to ` +
              'administrators only, unless the cloud has other rules; otherwise use "octavia" or "external"',
          ]
        : []),
    ];
  });
}

function placesOf({ network, pools = {} }: KubernetesClusterArgs): Place[] {
  const { adopt, cidr = "" }: AnyOf<NetworkSettings> = network;
  const nodes = { networkId: "network.adopt.networkId", subnetId: "network.adopt.subnetId", cidr: "network.cidr" };
  const ofPools = Object.entries(pools).flatMap(([pool, settings]) => {
    if (!("count" in settings) || !settings.network) return [];
    const path = (property: string) => `pools.${pool}.network.${property}`;
    return [{ at: { networkId: path("networkId"), subnetId: path("subnetId"), cidr: path("cidr") }, ...settings.network }];
  });
  return [...(adopt ? [{ at: nodes, ...adopt, cidr }] : []), ...ofPools];
}

function checkPlace({ at, networkId, subnetId, cidr }: Place, { networks, subnets }: Existing, problems: Problems): void {
  const [network, subnet] = [find(networks, networkId), find(subnets, subnetId)];
  if (network?.port_security_enabled === false)
    problems.add(
      at.networkId,
      `"${network.id}" has port security off, so Neutron gives its ports no security groups; turn it on with ` +
        `\`openstack network set --enable-port-security ${network.id}\`, or give another network`,
    );
  if (!subnet) return;
  if (typeof networkId === "string" && subnet.network_id !== networkId)
    problems.add(at.subnetId, `"${subnet.id}" is a subnet of the network ${subnet.network_id}; give one of ${at.networkId}`);
  checkAddresses(at.cidr, cidr, subnet, problems);
}

function checkAddresses(property: string, given: string, { cidr, ip_version: version }: Subnet, problems: Problems): void {
  if (version === 6) problems.add(property, `${given} is not that of the subnet, which is one of IPv6, ${cidr}; give an IPv4 subnet`);
  else if (cidr !== given) problems.add(property, `${given} is not that of the subnet; write ${cidr}`);
}

/** Checks what the adopted network alone has to do with: its router, and the ports that Nova makes in it. */
function checkAdopted({ adopt, workerPorts }: AnyOf<NetworkSettings>, { subnets }: Existing, problems: Problems): void {
  const subnet = adopt && find(subnets, adopt.subnetId);
  if (!subnet) return;
  if (adopt.routerId !== undefined && subnet.gateway_ip === null)
    problems.add(
      "network.adopt.routerId",
      `cannot be linked to the subnet ${subnet.id}, which has no gateway; give it one with ` +
        `\`openstack subnet set --gateway ADDRESS ${subnet.id}\`, or leave routerId out`,
    );
  const others = subnets.filter(
    ({ id, network_id, ip_version = 4 }) => network_id === subnet.network_id && id !== subnet.id && ip_version === 4,
  );
  if (workerPorts === false && others.length > 0)
    problems.add(
      "network.workerPorts",
      `false lets Nova choose among the network's IPv4 subnets, and it has others: ${others.map(({ id }) => id).join(", ")}; use true`,
    );
}

function find<T extends Listed>(objects: readonly T[], id: unknown): T | undefined {
  return objects.find((each) => each.id === id);
}
