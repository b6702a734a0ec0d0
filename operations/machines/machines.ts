import { type OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { defined } from "../../lib/defined.ts";
import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import type { StackState } from "../state/stack-state.ts";
import { type StateServer, stateServers } from "./state-servers.ts";
import { isBeyondRepair, isReplaceable, isTrouble, type Trouble } from "./trouble.ts";

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
  const statuses = await statusesOf(await connect(), servers);
  if (statuses.size === 0) return { troubles: [], triggers: keptTriggers(state), unknown: servers.length };
  const troubles = servers.flatMap((server) => {
    const status = statuses.get(server.id);
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
  const { clusterName: _, trigger: __, ...known } = server;
  const isReplaced = isBeyondRepair(status) && canBeReplaced(server);
  return { ...known, ...defined({ status }), isReplaced };
}

/** Returns whether this run can recreate a server. The first trigger that a server gets recreates nothing in Pulumi. */
function canBeReplaced(server: StateServer): boolean {
  return isReplaceable(server) && server.trigger !== undefined;
}

/** A server as Nova returns it, with only the fields that are read here. */
interface Listed {
  id: string;
  status: string;
}

/** Concurrency limit of requests for servers that the listing lacks. */
const CONCURRENT_REQUESTS = 10;

/** Returns the status of each server that OpenStack knows, by id. */
async function statusesOf(cloud: OpenStack, servers: readonly StateServer[]): Promise<Map<string, string>> {
  const clusters = [...new Set(servers.map(({ clusterName }) => clusterName))].filter((name) => name !== "");
  const list = (name: string) => cloud.list<Listed>("compute", "/servers/detail", { tags: `${CLUSTER_METADATA}=${name}` });
  const listed = (await Promise.all(clusters.map(list))).flat();
  const all = new Map(listed.map(({ id, status }) => [id, status]));
  const known = new Map(servers.flatMap(({ id }) => (all.has(id) ? [[id, all.get(id)!]] : [])));
  const missing = servers.map(({ id }) => id).filter((id) => !known.has(id));
  while (missing.length > 0) {
    for (const { id, status } of await Promise.all(missing.splice(0, CONCURRENT_REQUESTS).map((id) => requestServer(cloud, id))))
      if (status) known.set(id, status);
    // A project without any of these has none of the others either.
    if (known.size === 0) break;
  }
  return known;
}

async function requestServer(cloud: OpenStack, id: string): Promise<{ id: string; status?: string }> {
  try {
    return (await cloud.request<{ server: Listed }>("compute", "GET", `/servers/${id}`)).server;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 404) return { id };
    throw error;
  }
}
