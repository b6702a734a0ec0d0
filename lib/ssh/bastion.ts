import { checkCidrs } from "../network/cidr.ts";
import type { NodeFile } from "../node/files.ts";
import { checkMachine, type MachineChoices } from "../node/machine.ts";
import type { Problems } from "../problems.ts";

/** Where sshd's settings of a bastion are. Of several files the first that says something wins, so the name begins low. */
export const BASTION_SSHD_SETTINGS = "/etc/ssh/sshd_config.d/00-caravan-bastion.conf";

/** The one setting of which the last wins. */
export const BASTION_SSHD_STARTUPS = "/etc/ssh/sshd_config.d/99-caravan-bastion.conf";

/** Logins that may be under way at once before sshd turns some away, and before it turns all away. */
export const BASTION_MAX_STARTUPS = "500:30:1000";

/**
 * What a bastion's sshd is told: many logins at once, since a fan-out opens one for each node, by key only, and nothing to
 * be reached but the nodes' SSH (PermitOpen knows no networks, so it is the port that limits it).
 */
export function bastionFiles(nodePort: number): NodeFile[] {
  const settings = [
    "MaxSessions 100",
    "LoginGraceTime 60",
    "UseDNS no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "AllowTcpForwarding local",
    `PermitOpen *:${nodePort}`,
    "AllowStreamLocalForwarding no",
    "AllowAgentForwarding no",
    "X11Forwarding no",
    "PermitTunnel no",
    "",
  ];
  return [
    { path: BASTION_SSHD_SETTINGS, mode: "0600", content: settings.join("\n") },
    { path: BASTION_SSHD_STARTUPS, mode: "0600", content: `MaxStartups ${BASTION_MAX_STARTUPS}\n` },
  ];
}

/** Notes what is wrong with a bastion of the cluster's own. */
export function checkBastion({ machine, allowedCidrs }: { machine: MachineChoices; allowedCidrs: string[] }, problems: Problems): void {
  checkMachine(machine, problems.at("machine"));
  if (allowedCidrs.length === 0)
    problems.add("allowedCidrs", 'is empty, so nobody could reach the bastion; name the networks of its users, like ["198.51.100.0/24"]');
  checkCidrs("allowedCidrs", allowedCidrs, problems);
}
