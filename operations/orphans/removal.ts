import { setTimeout } from "node:timers/promises";
import { type OpenStack, OpenStackError } from "../../clients/openstack/client.ts";
import { KINDS, type Kind } from "./kinds.ts";
import type { Listed } from "./matching.ts";
import type { Found } from "./search.ts";

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

/** Seconds in which an object must be gone once it is deleted. */
const REMOVAL_SECONDS = 180;

/** The line in which users are told that an object goes. */
export function removalLine({ kind, name, id }: Orphan): string {
  return `the ${kind} ${name} (${id}), which an earlier run left behind`;
}

/** What users are told of an object. */
export function orphanOf({ kind, object, create }: Found): Orphan {
  return { kind: kind.title, id: object.id, name: nameOf(object), urn: create.urn };
}

/** Deletes objects that nothing may be lost with, kind by kind, in an order that works. Only what was judged by `judge` may come here. */
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
