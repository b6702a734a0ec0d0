import { type OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import type { StateServer } from "./state-servers.ts";

/** A server as Nova returns it, with only the fields that are read here. */
export interface ListedServer {
  id: string;
  status: string;
  created?: string;
  /** Time of the last change, for example of the status. */
  updated?: string;
  /** Reason of the status ERROR. */
  fault?: { message?: string; created?: string };
}

/** Concurrency limit of requests for servers that the listing lacks. */
const CONCURRENT_REQUESTS = 10;

/**
 * Returns the servers of a stack that OpenStack knows, by id: one listing for each cluster. Servers that the listing lacks are requested by
 * id, because their tags may have been removed.
 */
export async function listServers(cloud: OpenStack, servers: readonly StateServer[]): Promise<Map<string, ListedServer>> {
  const clusters = [...new Set(servers.map(({ clusterName }) => clusterName))].filter((name) => name !== "");
  const list = (name: string) => cloud.list<ListedServer>("compute", "/servers/detail", { tags: `${CLUSTER_METADATA}=${name}` });
  const all = new Map((await Promise.all(clusters.map(list))).flat().map((server) => [server.id, server]));
  const known = new Map(servers.flatMap(({ id }) => (all.has(id) ? [[id, all.get(id)!]] : [])));
  const missing = servers.map(({ id }) => id).filter((id) => !known.has(id));
  while (missing.length > 0) {
    for (const server of await Promise.all(missing.splice(0, CONCURRENT_REQUESTS).map((id) => requestServer(cloud, id))))
      if (server) known.set(server.id, server);
    // A project without any of these has none of the others either.
    if (known.size === 0) break;
  }
  return known;
}

async function requestServer(cloud: OpenStack, id: string): Promise<ListedServer | undefined> {
  try {
    return (await cloud.request<{ server: ListedServer }>("compute", "GET", `/servers/${id}`)).server;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 404) return undefined;
    throw error;
  }
}
