import type { AnyOf } from "../any-of.ts";
import { API_PORT } from "../kubeadm/init.ts";
import { isInside } from "./cidr.ts";
import type { NetworkSettings } from "./settings.ts";

/** A rule that lets traffic in. */
export interface SecurityRule {
  /** What the rule is for; part of its resource's name. */
  name: string;
  /** Network that the traffic comes from. @default whatever has the rule's own security group */
  cidr?: string;
  /** Protocol. @default all */
  protocol?: "tcp";
  /** Port. @default all */
  port?: number;
}

/** Who reaches every port of every node. */
export interface NodeAccess {
  /** Network of the nodes. */
  cidr: string;
  /** Whether all of that network does: it is the cluster's own, or it was said. */
  wholeNetwork: boolean;
  /** Whether nodes do by their security group: by networks alone, too many would or too few. */
  members: boolean;
  /** Further networks that do. */
  nodeCidrs: readonly string[];
  /** Addresses of imported servers that do, which are in no security group of the cluster's. */
  imported: readonly string[];
}

/** Who reaches every port of every node: the cluster's own nodes, in whatever network they are. */
export function nodeAccess(network: NetworkSettings, pools: Readonly<Record<string, object>> = {}): NodeAccess {
  const { cidr, adopt, openTo, nodeCidrs = [] } = network as AnyOf<NetworkSettings> & Pick<NetworkSettings, "cidr">;
  const wholeNetwork = adopt === undefined || openTo === "network";
  const shapes = Object.values(pools) as { network?: unknown; imported?: { address: string }[] }[];
  const isElsewhere = shapes.some((pool) => pool.network !== undefined) && nodeCidrs.length === 0;
  const open = [...(wholeNetwork ? [cidr] : []), ...nodeCidrs];
  const imported = shapes.flatMap((pool) => pool.imported ?? []).map(({ address }) => address);
  return {
    cidr,
    wholeNetwork,
    members: !wholeNetwork || isElsewhere,
    nodeCidrs: nodeCidrs.filter((other) => other !== cidr || !wholeNetwork),
    imported: [...new Set(imported)].filter((address) => !open.some((each) => isInside(address, each))),
  };
}

/**
 * Rules for every node: all traffic from the cluster's other nodes. In a network of the cluster's own by CIDR, because rules by security
 * group grow with the square of the ports in Neutron; one rule, because each costs a call at creation and five seconds at deletion. In a
 * network that others use, too, by security group; there, whoever comes by SSH from within it, like a bastion that exists, needs a key.
 */
export function nodeRules({ cidr, wholeNetwork, members, nodeCidrs, imported }: NodeAccess, sshPort: number): SecurityRule[] {
  return [
    ...(wholeNetwork ? [{ name: "internal", cidr }] : []),
    ...(members ? [{ name: "members" }] : []),
    ...nodeCidrs.map((other) => ({ name: `nodes-${slug(other)}`, cidr: other })),
    ...imported.map((address) => ({ name: `node-${slug(address)}`, cidr: `${address}/32` })),
    ...(wholeNetwork ? [] : portRules("ssh", [cidr], sshPort)),
  ];
}

/** Networks from which the API is open: those that were named, and that of the nodes, where a load balancer may be, if not all of it is let in anyway. */
export function apiCidrs(named: readonly string[], { cidr, wholeNetwork }: NodeAccess): string[] {
  return [...new Set([...named, ...(wholeNetwork ? [] : [cidr])])];
}

/** Rules for control planes: the API, at the port of its endpoint, and SSH, from the networks that were named. */
export function controlPlaneRules(
  apiNetworks: readonly string[],
  sshCidrs: readonly string[],
  sshPort: number,
  apiPort: number = API_PORT,
): SecurityRule[] {
  return [...portRules("api", apiNetworks, apiPort), ...portRules("ssh", sshCidrs, sshPort)];
}

/** Rules for a bastion: SSH, from the networks that were named. */
export function bastionRules(sshCidrs: readonly string[], sshPort: number): SecurityRule[] {
  return portRules("ssh", sshCidrs, sshPort);
}

function portRules(purpose: string, cidrs: readonly string[], port: number): SecurityRule[] {
  return cidrs.map((cidr) => ({ name: `${purpose}-${slug(cidr)}`, cidr, protocol: "tcp", port }));
}

/** A network as part of a name: rules are known by it, so that removing one leaves the others alone. */
function slug(cidr: string): string {
  return cidr.replaceAll(/[./]/g, "-");
}
