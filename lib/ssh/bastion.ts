import { checkCidrs } from "../network/cidr.ts";
import { checkFloatingIp } from "../network/floating-ip.ts";
import type { FloatingIpSettings } from "../network/settings.ts";
import type { NodeFile } from "../node/files.ts";
import { checkMachine } from "../node/machine.ts";
import type { MachineSettings } from "../node/machine-settings.ts";
import type { Problems } from "../problems.ts";

/** File with a bastion's sshd settings. The first file that has a setting wins, so its name sorts first. */
export const BASTION_SSHD_SETTINGS = "/etc/ssh/sshd_config.d/00-caravan-bastion.conf";

/** File with MaxStartups, the one setting of which the last file wins. */
export const BASTION_SSHD_STARTUPS = "/etc/ssh/sshd_config.d/99-caravan-bastion.conf";

/** Concurrent logins from which on sshd refuses 30 % of further ones, and from which on it refuses all. */
export const BASTION_MAX_STARTUPS = "500:30:1000";

/**
 * Makes the files of a bastion's sshd. It accepts many logins at once, because a fan-out opens one for each node, and only by key. It
 * forwards to nothing but the nodes' SSH port; PermitOpen cannot be limited to a network.
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

/** Checks a bastion of the cluster's own. */
export function checkBastion(
  { machine, allowedCidrs, ...address }: FloatingIpSettings & { machine: Partial<MachineSettings>; allowedCidrs: string[] },
  problems: Problems,
): void {
  checkMachine(machine, problems.at("machine"));
  checkFloatingIp(address, problems);
  if (allowedCidrs.length === 0)
    problems.add("allowedCidrs", 'is empty, so nobody could reach the bastion; name the networks of its users, like ["198.51.100.0/24"]');
  checkCidrs("allowedCidrs", allowedCidrs, problems);
}
