import type { OpenStack } from "../../clients/openstack/client.ts";
import { TYPES } from "../state/types.ts";
import type { Listed } from "./matching.ts";

/** Why an object is of use to somebody. */
export interface Use {
  /** Id of what uses it: when that is to be removed as well, it is no reason. @default nothing that could be removed before */
  by?: string;
  reason: string;
}

type Uses = (object: Listed, cloud: OpenStack) => Use[] | Promise<Use[]>;

/** Seconds after which a change of an object is no part of its creation any more. */
const CREATION_SECONDS = 60;

/**
 * What tells, by an object itself, that it is in use. Networks, subnets, routers and security groups in use are refused to be deleted by
 * Neutron itself; key pairs, rules, monitors and DNS records are used by nothing that misses them once the same run has made them anew.
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

/** What an object is used for, as far as OpenStack tells. */
export async function usesOf(type: string, object: Listed, cloud: OpenStack): Promise<Use[]> {
  return (await USES[type]?.(object, cloud)) ?? [];
}

/** A use that has ended: whoever makes an object is done with it within a minute, and nobody but a user changes it later. */
function laterUse({ created_at: created, updated_at: updated }: Listed, reason: string): Use[] {
  const seconds = (timeOf(updated ?? created) - timeOf(created)) / 1000;
  return seconds <= CREATION_SECONDS ? [] : [{ reason }];
}

/** Milliseconds since 1970 of a time of OpenStack's, which may leave out that it is UTC; not a number for none. */
export function timeOf(text: unknown): number {
  const time = String(text);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`);
}

function idsIn(list: unknown, key: string): string[] {
  return (Array.isArray(list) ? (list as Record<string, unknown>[]) : []).flatMap((each) => (each[key] ? [String(each[key])] : []));
}
