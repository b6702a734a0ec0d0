import type { OpenStack } from "../../clients/openstack/client.ts";
import { defined } from "../../lib/defined.ts";
import { isBeyondRepair, isTrouble } from "../../lib/node/server-status.ts";
import type { StackState } from "../state/stack-state.ts";
import { listServers } from "./listed-servers.ts";
import { canBeRecreated, type StateServer, stateServers } from "./state-servers.ts";
import type { Trouble } from "./trouble.ts";

/** Status of a stack's servers, as OpenStack reports it. */
export interface Findings {
  troubles: readonly Trouble[];
  /** Replacement triggers by the URN of each server that is recreated or once was. A changed trigger recreates the server. */
  triggers: ReadonlyMap<string, string>;
  /** Number of the stack's servers, set when OpenStack knows none of them. @default OpenStack knows some, or the stack has none */
  unknown?: number;
}

/**
 * Finds the servers of a stack that do not run, by one listing. Servers that the listing lacks are requested by id, because their tags may
 * have been removed. When OpenStack knows none of the servers, the credentials may be those of another project, and no server counts as
 * lost.
 * @param connect signs in; called only when the state has servers
 */
export async function findTroubles(state: StackState, connect: () => Promise<OpenStack>): Promise<Findings> {
  const servers = stateServers(state);
  if (servers.length === 0) return { troubles: [], triggers: new Map() };
  const listed = await listServers(await connect(), servers);
  if (listed.size === 0) return { troubles: [], triggers: keptTriggers(state), unknown: servers.length };
  const troubles = servers.flatMap((server) => {
    const status = listed.get(server.id)?.status;
    return isTrouble(status) ? [troubleOf(server, status)] : [];
  });
  const replaced = troubles.flatMap(({ urn, id, isReplaced }) => (isReplaced ? [[urn, id] as const] : []));
  return { troubles, triggers: new Map([...keptTriggers(state), ...replaced]) };
}

/** Returns the triggers in the state that are not empty: those of servers that a run recreated. */
export function keptTriggers(state: StackState): Map<string, string> {
  return new Map(stateServers(state).flatMap(({ urn, trigger }) => (trigger ? [[urn, trigger]] : [])));
}

function troubleOf(server: StateServer, status: string | undefined): Trouble {
  const { clusterName: _, pool: __, trigger: ___, ...known } = server;
  const isReplaced = isBeyondRepair(status) && canBeRecreated(server);
  return { ...known, ...defined({ status }), isReplaced };
}
