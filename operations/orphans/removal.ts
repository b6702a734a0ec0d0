import { setTimeout } from "node:timers/promises";
import { type OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { KINDS, type Kind } from "./kinds.ts";
import type { Listed } from "./matching.ts";
import type { Found } from "./search.ts";

/** Object that no state knows, left behind by an interrupted or failed creation. */
export interface Orphan {
  /** Kind of the object: "server", "port" and so on. */
  kind: string;
  id: string;
  /** Name or address. */
  name: string;
  /** URN of the resource that it was created for; after a failed creation, that of the component. */
  urn: string;
}

/** Seconds to wait until a deleted object is gone. */
const REMOVAL_SECONDS = 180;

/** Writes what users read about the removal of an orphan. */
export function removalLine({ kind, name, id }: Orphan): string {
  return `the ${kind} ${name} (${id}), which an earlier run left behind`;
}

/** Makes the description of an orphan for users. */
export function orphanOf({ kind, object, create }: Found): Orphan {
  return { kind: kind.title, id: object.id, name: nameOf(object), urn: create.urn };
}

/** Deletes objects kind by kind, in an order that OpenStack accepts. Only objects that `judge` found free may be passed. */
export async function removeAll(cloud: OpenStack, found: readonly Found[], onRemoval: (orphan: Orphan) => void): Promise<Orphan[]> {
  const removed: Orphan[] = [];
  for (const kind of KINDS) {
    const all = found.filter((each) => each.kind.type === kind.type);
    await Promise.all(
      all.map(async (each) => {
        onRemoval(orphanOf(each));
        await remove(cloud, kind, each.object);
        removed.push(orphanOf(each));
      }),
    );
  }
  return removed;
}

/** Deletes an object and waits until it is gone. A conflict is retried: what uses the object may be under deletion itself. */
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

/** Returns the error with which OpenStack refuses a request, if its status is one of these. */
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
