import { BlockList, isIPv4 } from "node:net";
import type { Problems } from "../problems.ts";

/** Checks that a text is an IPv4 network in CIDR form. Returns whether it is. */
export function checkCidr(property: string, cidr: string, problems: Problems): boolean {
  if (!isCidr(cidr)) {
    problems.add(property, `"${cidr}" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16`);
    return false;
  }
  // Neutron refuses a subnet with host bits. It rewrites a rule with host bits, which every later plan would then change back.
  const network = networkOf(cidr);
  if (cidr !== network) problems.add(property, `"${cidr}" is not how its network is written; write ${network}`);
  return cidr === network;
}

/** Checks a list of networks for malformed ones and repetitions. */
export function checkCidrs(property: string, cidrs: readonly string[], problems: Problems): void {
  cidrs.forEach((cidr, place) => {
    const path = `${property}[${place}]`;
    if (checkCidr(path, cidr, problems) && cidrs.indexOf(cidr) < place)
      problems.add(path, `"${cidr}" is named twice; name each network once`);
  });
}

/** Checks that no two networks share addresses. The networks must be well-formed. */
export function checkOverlaps(networks: Readonly<Record<string, string>>, problems: Problems): void {
  const entries = Object.entries(networks);
  entries.forEach(([property, cidr], index) => {
    for (const [other, otherCidr] of entries.slice(index + 1)) {
      if (overlap(cidr, otherCidr))
        problems.add(other, `${otherCidr} overlaps ${property} ${cidr}; choose a range that shares no address with it`);
    }
  });
}

/** Checks that a pod network has a block of `/nodeMask` for each node. */
export function checkPodCapacity(property: string, podCidr: string, nodeMask: number, nodes: number, problems: Problems): void {
  const prefix = prefixOf(podCidr);
  const bits = nodeMask - prefix;
  if (bits < 0)
    problems.add(property, `${podCidr} is smaller than the /${nodeMask} block of a single node; use a prefix of at most /${nodeMask}`);
  // kubeadm refuses a difference of more than 16 bits (pod network too large for its node mask).
  else if (bits > 16)
    problems.add(
      property,
      `${podCidr} divided into /${nodeMask} blocks makes 2^${bits} of them; kubeadm allows 2^16, so use a prefix of at least /${nodeMask - 16}`,
    );
  else if (2 ** bits < nodes) {
    const needed = nodeMask - Math.ceil(Math.log2(nodes));
    problems.add(
      property,
      `${podCidr} has ${2 ** bits} blocks of /${nodeMask}, too few for ${nodes} nodes; use a prefix of at most /${needed}`,
    );
  }
}

/** Counts the addresses of a network that machines can have: all but those of the network, broadcast, gateway and DHCP port. */
export function machineCapacity(cidr: string): number {
  return Math.max(0, 2 ** (32 - prefixOf(cidr)) - 4);
}

/** Returns whether a machine can have an address in a network: neither the network's own nor broadcast. Both must be well-formed. */
export function isInside(address: string, cidr: string): boolean {
  const [network = ""] = cidr.split("/");
  const place = numberOf(address) - numberOf(network);
  return place > 0 && place < 2 ** (32 - prefixOf(cidr)) - 1;
}

/** Returns the first address of a network that a machine can have; in a new subnet, Neutron gives it to the gateway. */
export function firstAddress(cidr: string): string {
  const [network = ""] = cidr.split("/");
  return textOf(numberOf(network) + 1);
}

/** Returns the prefix length of a network. */
export function prefixOf(cidr: string): number {
  return Number(cidr.split("/")[1]);
}

export function isCidr(text: string): boolean {
  const [address = "", prefix = "", ...rest] = text.split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0;
}

/** Returns the network of an address with a prefix length, in its usual form. */
function networkOf(cidr: string): string {
  const [address = ""] = cidr.split("/");
  const value = numberOf(address);
  const first = value - (value % 2 ** (32 - prefixOf(cidr)));
  return `${textOf(first)}/${prefixOf(cidr)}`;
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** Returns whether all addresses of a network are in another one. Both must be well-formed. */
export function contains(cidr: string, other: string): boolean {
  const [address = ""] = cidr.split("/");
  const [otherAddress = ""] = other.split("/");
  const block = new BlockList();
  block.addSubnet(address, prefixOf(cidr), "ipv4");
  return block.check(otherAddress, "ipv4") && prefixOf(other) >= prefixOf(cidr);
}
