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

/** Rules for control planes: the API and SSH, from the networks that were named. */
export function controlPlaneRules(apiCidrs: readonly string[], sshCidrs: readonly string[], sshPort: number): SecurityRule[] {
  return [
    ...apiCidrs.map((cidr): SecurityRule => ({ name: `api-${slug(cidr)}`, cidr, protocol: "tcp", port: API_PORT })),
    ...sshCidrs.map((cidr): SecurityRule => ({ name: `ssh-${slug(cidr)}`, cidr, protocol: "tcp", port: sshPort })),
  ];
}

/** A network as part of a name: rules are known by it, so that removing one leaves the others alone. */
function slug(cidr: string): string {
  return cidr.replaceAll(/[./]/g, "-");
}
