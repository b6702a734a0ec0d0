import type { Role, StateServer } from "./state-servers.ts";

/** A server of which the cloud says that it does not run. */
export interface Trouble extends Omit<StateServer, "clusterName" | "trigger"> {
  /** What Nova says of it. @default there is no such server */
  status?: string;
  /** Whether this run makes it anew. */
  isReplaced: boolean;
}

/** Nova's states in which a server does not run, with the command that has it run again. */
const REMEDIES: Readonly<Record<string, string>> = {
  SHUTOFF: "start",
  PAUSED: "unpause",
  SUSPENDED: "resume",
  SHELVED: "unshelve",
  SHELVED_OFFLOADED: "unshelve",
  RESCUE: "unrescue",
};

/** On these nothing lives that is not elsewhere as well. */
const REPLACEABLE: readonly Role[] = ["worker", "bastion"];

/** Whether a server does not run and will not by itself. */
export function isTrouble(status: string | undefined): boolean {
  return isBeyondRepair(status) || status === "UNKNOWN" || status in REMEDIES;
}

/** Whether only another machine helps. */
export function isBeyondRepair(status: string | undefined): status is "ERROR" | undefined {
  return status === undefined || status === "ERROR";
}

/** Whether a server may be made anew without anybody's asking. */
export function isReplaceable({ role }: StateServer): boolean {
  return REPLACEABLE.includes(role);
}

/** One line that names the machine, what is wrong, and what is done or to do. */
export function troubleLine(trouble: Trouble): string {
  return `${trouble.role} ${trouble.name} (${trouble.id}): ${absenceOf(trouble)}`;
}

/** What is wrong with a machine, and what is done or to do. */
export function absenceOf({ id, urn, status, isReplaced }: Trouble): string {
  const wrong = status === undefined ? "OpenStack has no such server any more" : `does not run, OpenStack says ${status}`;
  return `${wrong}; ${isReplaced ? "this run makes it anew" : remedy(id, urn, status)}`;
}

function remedy(id: string, urn: string, status: string | undefined): string {
  if (isBeyondRepair(status)) return `replace it with \`pulumi up --replace '${urn}'\``;
  const command = REMEDIES[status!];
  if (command) return `have it run with \`openstack server ${command} ${id}\`, or replace it with \`pulumi up --replace '${urn}'\``;
  return `look at it with \`openstack server show ${id}\``;
}
