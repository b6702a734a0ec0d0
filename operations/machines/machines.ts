import { type OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { defined } from "../../lib/defined.ts";
import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import type { StackState } from "../state/stack-state.ts";
import { type StateServer, stateServers } from "./state-servers.ts";
import { isBeyondRepair, isReplaceable, isTrouble, type Trouble } from "./trouble.ts";

/** What OpenStack says of a stack's servers. */
export interface Findings {
  troubles: readonly Trouble[];
  /** By the URN of each server that is made anew, or was once: what it is made for. Another value makes it anew. */
  triggers: ReadonlyMap<string, string>;
  /** Number of servers, when OpenStack knows none of them. @default it knows some, or there are none */
  unknown?: number;
}

/**
 * Asks OpenStack once, by a listing, which servers of a stack do not run. Of those that the listing lacks it is asked again, each by its id:
 * tags can be taken away. Where it knows none at all, the credentials may be those of another project, and nothing is said of any.
 * @param connect signs in; asked only when the state has servers
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

/** The triggers of servers that were made anew by one. */
export function keptTriggers(state: StackState): Map<string, string> {
  return new Map(stateServers(state).flatMap(({ urn, trigger }) => (trigger ? [[urn, trigger]] : [])));
}

function troubleOf(server: StateServer, status: string | undefined): Trouble {
  const { clusterName: _, trigger: __, ...known } = server;
  const isReplaced = isBeyondRepair(status) && canBeReplaced(server);
  return { ...known, ...defined({ status }), isReplaced };
}

/** Pulumi makes nothing anew by the first trigger that a server gets. */
function canBeReplaced(server: StateServer): boolean {
  return isReplaceable(server) && server.trigger !== undefined;
}

/** A server as Nova gives it; only what is read here. */
interface Listed {
  id: string;
  status: string;
}

/** Requests at a time for what the listing lacks. */
const REQUESTS = 10;

/** What OpenStack says of those servers that it knows. */
async function statusesOf(cloud: OpenStack, servers: readonly StateServer[]): Promise<Map<string, string>> {
  const clusters = [...new Set(servers.map(({ clusterName }) => clusterName))].filter((name) => name !== "");
  const list = (name: string) => cloud.list<Listed>("compute", "/servers/detail", { tags: `${CLUSTER_METADATA}=${name}` });
  const listed = (await Promise.all(clusters.map(list))).flat();
  const all = new Map(listed.map(({ id, status }) => [id, status]));
  const known = new Map(servers.flatMap(({ id }) => (all.has(id) ? [[id, all.get(id)!]] : [])));
  const lacking = servers.map(({ id }) => id).filter((id) => !known.has(id));
  while (lacking.length > 0) {
    for (const { id, status } of await Promise.all(lacking.splice(0, REQUESTS).map((id) => ask(cloud, id))))
      if (status) known.set(id, status);
    // A project that has none of these has none of the others.
    if (known.size === 0) break;
  }
  return known;
}

async function ask(cloud: OpenStack, id: string): Promise<{ id: string; status?: string }> {
  try {
    return (await cloud.request<{ server: Listed }>("compute", "GET", `/servers/${id}`)).server;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 404) return { id };
    throw error;
  }
}
