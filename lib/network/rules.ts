import type { AnyOf } from "../any-of.ts";
import { checkId } from "../ids.ts";
import type { PoolNetworkSettings } from "../pool/settings.ts";
import type { Problems } from "../problems.ts";
import { checkAddress, isUnusable } from "./address.ts";
import { checkCidr, checkCidrs } from "./cidr.ts";
import type { NetworkSettings } from "./settings.ts";

/** Most DNS servers of a subnet (Neutron's max_dns_nameservers). */
const MOST_DNS_SERVERS = 5;

/** Checks the network of the nodes by itself. */
export function checkNetwork(
  { cidr = "", adopt, router, dnsServers = [], nodeCidrs = [], nodePortCidrs = [] }: AnyOf<NetworkSettings>,
  problems: Problems,
): void {
  checkUsableCidr("cidr", cidr, problems);
  checkCidrs("nodeCidrs", nodeCidrs, problems);
  checkCidrs("nodePortCidrs", nodePortCidrs, problems);
  checkId("adopt.networkId", adopt?.networkId, "network", problems);
  checkId("adopt.subnetId", adopt?.subnetId, "subnet", problems);
  checkId("adopt.routerId", adopt?.routerId, "router", problems);
  checkId("router", router, "router", problems);
  checkDnsServers(dnsServers, problems);
}

/** Checks the network of a pool's own by itself. */
export function checkPoolNetwork({ networkId, subnetId, cidr }: PoolNetworkSettings, problems: Problems): void {
  checkId("networkId", networkId, "network", problems);
  checkId("subnetId", subnetId, "subnet", problems);
  checkUsableCidr("cidr", cidr, problems);
}

/** Checks a network whose addresses machines, pods or Services get. Returns whether it is well-formed. */
export function checkUsableCidr(property: string, cidr: string, problems: Problems): boolean {
  if (!checkCidr(property, cidr, problems)) return false;
  if (isUnusable(cidr)) problems.add(property, `${cidr} has no addresses that can be used; choose a private network, like 10.40.0.0/16`);
  return !isUnusable(cidr);
}

function checkDnsServers(servers: readonly string[], problems: Problems): void {
  if (servers.length > MOST_DNS_SERVERS)
    problems.add("dnsServers", `has ${servers.length} servers; a subnet takes at most ${MOST_DNS_SERVERS}, so leave some out`);
  servers.forEach((server, place) => {
    const property = `dnsServers[${place}]`;
    if (checkAddress(property, server, "192.0.2.53", problems) && servers.indexOf(server) < place)
      problems.add(property, `${server} is named twice; name each server once`);
  });
}
