import type { AnyOf } from "../any-of.ts";
import { API_PORT } from "../kubeadm/init.ts";
import { contains, isInside } from "./cidr.ts";
import type { NetworkSettings } from "./settings.ts";

/** Security group rule that lets traffic in. */
export interface SecurityRule {
  /** Purpose of the rule; part of its resource's name. */
  name: string;
  /** Source network of the traffic. @default members of the rule's own security group */
  cidr?: string;
  /** Protocol. @default all */
  protocol?: "tcp" | "udp";
  /** Port, or first and last port. @default all */
  port?: number | readonly [first: number, last: number];
}

/** Networks and members that reach every port of every node. */
export interface NodeAccess {
  /** Network of the nodes. */
  cidr: string;
  /** Lets in the whole network, because it is the cluster's own or the user opens it. */
  wholeNetwork: boolean;
  /** Lets in nodes by their security group, where networks alone would let in too many machines or too few. */
  members: boolean;
  /** Further networks of nodes. */
  nodeCidrs: readonly string[];
  /** Addresses of imported servers, which are in no security group of the cluster. */
  imported: readonly string[];
  /** Networks that reach the NodePorts of Services only. */
  nodePortCidrs: readonly string[];
}

/** Ports of Services of type NodePort, by the API server's default --service-node-port-range. */
const NODE_PORTS = [30_000, 32_767] as const;

/** Decides which networks and members reach every port of every node: those of the cluster's own nodes, in whatever network they are. */
export function nodeAccess(network: NetworkSettings, pools: Readonly<Record<string, object>> = {}): NodeAccess {
  const { cidr, adopt, openTo, nodeCidrs = [], nodePortCidrs = [] } = network as AnyOf<NetworkSettings> & Pick<NetworkSettings, "cidr">;
  const wholeNetwork = adopt === undefined || openTo === "network";
  const open = [...(wholeNetwork ? [cidr] : []), ...nodeCidrs];
  const { cidrs, addresses: imported } = placesOf(pools);
  const isElsewhere = cidrs.some((each) => !open.some((other) => contains(other, each)));
  return {
    cidr,
    wholeNetwork,
    members: !wholeNetwork || isElsewhere,
    nodeCidrs: nodeCidrs.filter((other) => other !== cidr || !wholeNetwork),
    imported: [...new Set(imported)].filter((address) => !open.some((each) => isInside(address, each))),
    nodePortCidrs,
  };
}

/** Lists the networks and addresses of all nodes, each once: where nodes connect from to an endpoint that lets in listed networks alone. */
export function nodeNetworks(network: NetworkSettings, pools: Readonly<Record<string, object>> = {}): string[] {
  const { cidr, nodeCidrs = [] } = network as AnyOf<NetworkSettings> & Pick<NetworkSettings, "cidr">;
  const { cidrs, addresses } = placesOf(pools);
  const all = [...new Set([cidr, ...nodeCidrs, ...cidrs, ...addresses.map((address) => `${address}/32`)])];
  return all.filter((each) => !all.some((other) => other !== each && contains(other, each)));
}

/** Returns the networks of pools with one of their own, and the addresses of imported servers. */
function placesOf(pools: Readonly<Record<string, object>>): { cidrs: string[]; addresses: string[] } {
  const shapes = Object.values(pools) as { network?: { cidr: string }; imported?: { address: string }[] }[];
  const cidrs = shapes.flatMap(({ network }) => (network === undefined ? [] : [network.cidr]));
  return { cidrs, addresses: shapes.flatMap(({ imported = [] }) => imported.map(({ address }) => address)) };
}

/**
 * Makes the rules for every node, which let in all traffic from the cluster's other nodes.
 *
 * In a network of the cluster's own the rule is by CIDR, because in Neutron rules by security group grow with the square of the ports. It
 * is one rule, because each costs a call at creation and five seconds at deletion. In a network that others use as well, the rule is by
 * security group. There, SSH is open to the whole network, for example for an existing bastion; a login still needs a key.
 */
export function nodeRules(
  { cidr, wholeNetwork, members, nodeCidrs, imported, nodePortCidrs }: NodeAccess,
  sshPort: number,
): SecurityRule[] {
  return [
    ...(wholeNetwork ? [{ name: "internal", cidr }] : []),
    ...(members ? [{ name: "members" }] : []),
    ...nodeCidrs.map((other) => ({ name: `nodes-${slug(other)}`, cidr: other })),
    ...imported.map((address) => ({ name: `node-${slug(address)}`, cidr: `${address}/32` })),
    ...(wholeNetwork ? [] : portRules("ssh", [cidr], sshPort)),
    ...portRules("node-ports", nodePortCidrs, NODE_PORTS),
    ...portRules("node-ports-udp", nodePortCidrs, NODE_PORTS, "udp"),
  ];
}

/**
 * Returns the networks from which the API is open: the given ones and that of the nodes, where a load balancer may be. The latter is left
 * out when it is let in as a whole anyway.
 */
export function apiCidrs(named: readonly string[], { cidr, wholeNetwork }: NodeAccess): string[] {
  return [...new Set([...named, ...(wholeNetwork ? [] : [cidr])])];
}

/** Makes the rules for control planes: the API, at the port of its endpoint, and SSH, each from the given networks. */
export function controlPlaneRules(
  apiNetworks: readonly string[],
  sshCidrs: readonly string[],
  sshPort: number,
  apiPort: number = API_PORT,
): SecurityRule[] {
  return [...portRules("api", apiNetworks, apiPort), ...portRules("ssh", sshCidrs, sshPort)];
}

/** Makes the rules for a bastion: SSH from the given networks. */
export function bastionRules(sshCidrs: readonly string[], sshPort: number): SecurityRule[] {
  return portRules("ssh", sshCidrs, sshPort);
}

function portRules(
  purpose: string,
  cidrs: readonly string[],
  port: SecurityRule["port"] & {},
  protocol: "tcp" | "udp" = "tcp",
): SecurityRule[] {
  return cidrs.map((cidr) => ({ name: `${purpose}-${slug(cidr)}`, cidr, protocol, port }));
}

/** Writes a network as part of a rule's name. Rules are identified by their network, so removing one leaves the others alone. */
function slug(cidr: string): string {
  return cidr.replaceAll(/[./]/g, "-");
}
