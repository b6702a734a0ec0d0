/** Roles of machines in a cluster. */
export type Role = "worker" | "bastion" | "control plane" | "member of etcd";

/** Nova's statuses in which a server does not run, each with the command that starts it again. */
const REMEDIES: Readonly<Record<string, string>> = {
  SHUTOFF: "start",
  PAUSED: "unpause",
  SUSPENDED: "resume",
  SHELVED: "unshelve",
  SHELVED_OFFLOADED: "unshelve",
  RESCUE: "unrescue",
};

/** Roles of machines that may be recreated: they hold no data that is not elsewhere as well. */
const REPLACEABLE: readonly Role[] = ["worker", "bastion"];

/** Returns whether a server does not run and will not start by itself. @param status `undefined` for a server that does not exist */
export function isTrouble(status: string | undefined): boolean {
  return isBeyondRepair(status) || status === "UNKNOWN" || status in REMEDIES;
}

/** Returns whether a server can only be replaced. */
export function isBeyondRepair(status: string | undefined): status is "ERROR" | undefined {
  return status === undefined || status === "ERROR";
}

/** Returns whether a server may be recreated without being asked for. */
export function isReplaceable(role: Role): boolean {
  return REPLACEABLE.includes(role);
}

/** Writes what is wrong with a server that does not run. */
export function statusReason(status: string | undefined): string {
  return status === undefined ? "OpenStack has no such server any more" : `does not run, OpenStack says ${status}`;
}

/** Writes what the user can do about a server that does not run. */
export function statusRemedy({ id, urn }: { id: string; urn: string }, status: string | undefined): string {
  if (isBeyondRepair(status)) return `replace it with \`pulumi up --replace '${urn}'\``;
  const command = REMEDIES[status!];
  if (command) return `have it run with \`openstack server ${command} ${id}\`, or replace it with \`pulumi up --replace '${urn}'\``;
  return `look at it with \`openstack server show ${id}\``;
}
