import type { Role, StateServer } from "./state-servers.ts";

/** A server that does not run, as the cloud reports. */
export interface Trouble extends Omit<StateServer, "clusterName" | "trigger"> {
  /** Nova's status. @default the server does not exist */
  status?: string;
  /** Set when this run recreates the server. */
  isReplaced: boolean;
}

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

/** Returns whether a server does not run and will not start by itself. */
export function isTrouble(status: string | undefined): boolean {
  return isBeyondRepair(status) || status === "UNKNOWN" || status in REMEDIES;
}

/** Returns whether a server can only be replaced. */
export function isBeyondRepair(status: string | undefined): status is "ERROR" | undefined {
  return status === undefined || status === "ERROR";
}

/** Returns whether a server may be recreated without being asked for. */
export function isReplaceable({ role }: StateServer): boolean {
  return REPLACEABLE.includes(role);
}

/** Writes a line with the machine, what is wrong, and what the run does or the user can do. */
export function troubleLine(trouble: Trouble): string {
  return `${trouble.role} ${trouble.name} (${trouble.id}): ${troubleReason(trouble)}`;
}

/** Writes what is wrong with a machine, and what the run does or the user can do. */
export function troubleReason({ id, urn, status, isReplaced }: Trouble): string {
  const wrong = status === undefined ? "OpenStack has no such server any more" : `does not run, OpenStack says ${status}`;
  return `${wrong}; ${isReplaced ? "this run recreates it" : remedy(id, urn, status)}`;
}

function remedy(id: string, urn: string, status: string | undefined): string {
  if (isBeyondRepair(status)) return `replace it with \`pulumi up --replace '${urn}'\``;
  const command = REMEDIES[status!];
  if (command) return `have it run with \`openstack server ${command} ${id}\`, or replace it with \`pulumi up --replace '${urn}'\``;
  return `look at it with \`openstack server show ${id}\``;
}
