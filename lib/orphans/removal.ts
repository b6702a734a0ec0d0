import { setTimeout } from "node:timers/promises";
import { type OpenStack, OpenStackError } from "../openstack/client.ts";
import { KINDS, type Kind } from "./kinds.ts";
import type { LostCreate } from "./lost-creates.ts";
import { isMarked, type Listed } from "./matching.ts";
import type { Known } from "./stack-state.ts";

/** An object that no state knows of, left behind by a creation whose end nobody saw. */
export interface Orphan {
  /** What it is: "server", "port" and so on. */
  kind: string;
  id: string;
  /** Its name or address. */
  name: string;
  /** URN of the resource that it was made for; after a failure that of the component. */
  urn: string;
}

/** Creations from which on it is less work for OpenStack to list everything once than to look for each. */
const MANY = 10;

/** Seconds in which an object must be gone once it is deleted. */
const REMOVAL_SECONDS = 180;

/** Finds the objects of lost creations and deletes them, kind by kind, in an order that works. */
export async function removeLost(
  cloud: OpenStack,
  creates: readonly LostCreate[],
  known: Known,
  onFound: (orphan: Orphan) => void,
): Promise<Orphan[]> {
  const removed: Orphan[] = [];
  // A cloud without block storage, say, has no volumes that could be lost.
  for (const kind of KINDS.filter(({ service }) => cloud.has(service))) {
    const lost = creates.filter(({ type }) => type === kind.type);
    const found = await find(cloud, kind, lost, known);
    // An object may be found twice: by the creation that was interrupted, and by what its component lacks.
    const orphans = [...new Map(found.map((each) => [each.object.id, each])).values()];
    await Promise.all(
      orphans.map(async ({ object, urn }) => {
        const orphan = { kind: kind.title, id: object.id, name: nameOf(object), urn };
        onFound(orphan);
        await remove(cloud, kind, object);
        removed.push(orphan);
      }),
    );
  }
  return removed;
}

async function find(cloud: OpenStack, kind: Kind, lost: readonly LostCreate[], known: Known): Promise<{ object: Listed; urn: string }[]> {
  const all = kind.queryOfMany && lost.length >= MANY ? list(cloud, kind, kind.queryOfMany) : undefined;
  const found = lost.map(async (each) => {
    const objects = await (all ?? list(cloud, kind, kind.query(each)));
    const isLost = (object: Listed) => (each.byMark ? isMarked(object, each, known) : kind.isLost(object, each, known));
    const orphans = objects.filter((object) => !known.ids.has(object.id) && isLost(object));
    return orphans.map((object) => ({ object, urn: each.urn }));
  });
  return (await Promise.all(found)).flat();
}

async function list(cloud: OpenStack, kind: Kind, query: Readonly<Record<string, unknown>>): Promise<Listed[]> {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  const items = await cloud.list<Listed & { keypair?: Listed }>(kind.service, kind.listPath ?? kind.path, Object.fromEntries(given));
  // Key pairs are wrapped once more, and their name is their id.
  return items.map((item): Listed => item.keypair ?? item).map((item) => ({ ...item, id: item.id ?? String(item.name) }));
}

/** Deletes an object and waits until it is gone. What holds it may be going itself, so a conflict is not the last word. */
async function remove(cloud: OpenStack, kind: Kind, object: Listed): Promise<void> {
  const path = `${kind.pathOf?.(object) ?? kind.path}/${object.id}`;
  const requestRemoval = kind.remove ?? (() => cloud.request(kind.service, "DELETE", path));
  const deadline = Date.now() + REMOVAL_SECONDS * 1000;
  let conflict: OpenStackError | undefined;
  for (let isAccepted = false; Date.now() < deadline; await setTimeout(500)) {
    if (!isAccepted) conflict = await refusalOf([404, 409], requestRemoval(cloud, object));
    isAccepted = conflict?.status !== 409;
    if (await refusalOf([404], cloud.request(kind.service, "GET", path))) return;
  }
  const reason = conflict ? `: ${conflict.message}` : "; look into it with the openstack command";
  throw new Error(`${kind.title} ${object.id} (${nameOf(object)}) is still there ${REMOVAL_SECONDS} s after it was to be deleted${reason}`);
}

/** The error with which OpenStack refuses a request, when its status is one of these. */
async function refusalOf(statuses: readonly number[], request: Promise<unknown>): Promise<OpenStackError | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (error instanceof OpenStackError && statuses.includes(error.status)) return error;
    throw error;
  }
}

function nameOf({ name, floating_ip_address: floatingIp, fixed_ips: fixedIps, id }: Listed): string {
  const [fixedIp] = Array.isArray(fixedIps) ? fixedIps : [];
  return String(name || floatingIp || fixedIp?.ip_address || id);
}
