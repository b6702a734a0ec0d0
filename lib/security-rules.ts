import { API_PORT } from "./kubeadm/init.ts";

/** A rule that lets traffic in. */
export interface SecurityRule {
  /** What the rule is for; part of its resource's name. */
  name: string;
  /** Network that the traffic comes from. */
  cidr: string;
  /** Protocol. @default all */
  protocol?: "tcp";
  /** Port. @default all */
  port?: number;
}

/**
 * Rules for every node: all traffic from the nodes' own network. By CIDR, because rules by security group grow with the
 * square of the ports in Neutron; one rule, because each costs a call at creation and five seconds at deletion.
 */
export function nodeRules(networkCidr: string): SecurityRule[] {
  return [{ name: "internal", cidr: networkCidr }];
}

/** Rules for control planes: the API, at the port of its endpoint, and SSH, from the networks that were named. */
export function controlPlaneRules(
  apiCidrs: readonly string[],
  sshCidrs: readonly string[],
  sshPort: number,
  apiPort: number = API_PORT,
): SecurityRule[] {
  return [...portRules("api", apiCidrs, apiPort), ...portRules("ssh", sshCidrs, sshPort)];
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
