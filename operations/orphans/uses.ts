import type { OpenStack } from "../../clients/openstack/client.ts";
import { TYPES } from "../state/types.ts";
import type { Listed } from "./matching.ts";

/** Use of an object, which keeps it from being removed. */
export interface Use {
  /** Id of the user. When the user is removed as well, the use does not count. @default the use always counts */
  by?: string;
  reason: string;
}

type Uses = (object: Listed, cloud: OpenStack) => Use[] | Promise<Use[]>;

/** Seconds after an object's creation during which a change still belongs to the creation. */
const CREATION_SECONDS = 60;

/**
 * Uses of an object that the object itself tells, by type. Neutron itself refuses to delete networks, subnets, routers and security groups
 * in use. Nothing misses rules, monitors and DNS records once the same run has recreated them.
 */
const USES: Readonly<Record<string, Uses>> = {
  [TYPES.port]: ({ device_id: device, device_owner: owner }) =>
    device ? [{ by: String(device), reason: `it is the port of ${owner || "the device"} ${device}` }] : [],
  [TYPES.floatingIp]: (address) => [
    ...(address.port_id ? [{ by: String(address.port_id), reason: `it leads to the port ${address.port_id}` }] : []),
    ...laterUse(address, "it has led to a port before, and may be what is to be kept"),
  ],
  [TYPES.volume]: (volume) => [
    ...idsIn(volume.attachments, "server_id").map((server) => ({ by: server, reason: `it is attached to the server ${server}` })),
    ...laterUse(volume, "it was attached before, and may hold data"),
  ],
  [TYPES.serverGroup]: ({ members }) =>
    (Array.isArray(members) ? members : []).map((server) => ({ by: String(server), reason: `the server ${server} is in it` })),
  [TYPES.loadBalancer]: ({ listeners }) => idsIn(listeners, "id").map((id) => ({ by: id, reason: `it has the listener ${id}` })),
  [TYPES.listener]: ({ default_pool_id: pool }) => (pool ? [{ by: String(pool), reason: `it has the pool ${pool}` }] : []),
  [TYPES.pool]: ({ members }) => idsIn(members, "id").map((id) => ({ reason: `it has the member ${id}` })),
  [TYPES.routerInterface]: async ({ network_id: network }, cloud) => {
    const ports = await cloud.list<Listed>("network", "/ports", { network_id: String(network) });
    const ofServers = ports.filter(({ device_owner: owner }) => String(owner).startsWith("compute:"));
    return ofServers.map(({ device_id: server }) => ({ by: String(server), reason: `the server ${server} reaches the outside by it` }));
  },
};

/** Returns the uses of an object, as far as OpenStack tells them. */
export async function usesOf(type: string, object: Listed, cloud: OpenStack): Promise<Use[]> {
  return (await USES[type]?.(object, cloud)) ?? [];
}

/** Returns a use that has ended. A creation ends within a minute, and later only a user changes the object. */
function laterUse({ created_at: created, updated_at: updated }: Listed, reason: string): Use[] {
  const seconds = (timeOf(updated ?? created) - timeOf(created)) / 1000;
  return seconds <= CREATION_SECONDS ? [] : [{ reason }];
}

/** Parses a time of OpenStack's into milliseconds since 1970. Without a time zone it is UTC. Returns NaN when there is none. */
export function timeOf(text: unknown): number {
  const time = String(text);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);
}

function idsIn(list: unknown, key: string): string[] {
  return (Array.isArray(list) ? (list as Record<string, unknown>[]) : []).flatMap((each) => (each[key] ? [String(each[key])] : []));
}
