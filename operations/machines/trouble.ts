import { statusReason, statusRemedy } from "../../lib/node/server-status.ts";
import type { StateServer } from "./state-servers.ts";

/** A server that does not run, as the cloud reports. */
export interface Trouble extends Omit<StateServer, "clusterName" | "pool" | "trigger"> {
  /** Nova's status. @default the server does not exist */
  status?: string;
  /** Set when this run recreates the server. */
  isReplaced: boolean;
}

/** Writes a line with the machine, what is wrong, and what the run does or the user can do. */
export function troubleLine(trouble: Trouble): string {
  return `${trouble.role} ${trouble.name} (${trouble.id}): ${troubleReason(trouble)}`;
}

/** Writes what is wrong with a machine, and what the run does or the user can do. */
export function troubleReason(trouble: Trouble): string {
  const { status, isReplaced } = trouble;
  return `${statusReason(status)}; ${isReplaced ? "this run recreates it" : statusRemedy(trouble, status)}`;
}
