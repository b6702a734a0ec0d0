import type { OpenStack } from "../../clients/openstack/client.ts";
import { TYPES } from "../state/types.ts";
import { type Orphan, orphanOf } from "./removal.ts";
import type { Found } from "./search.ts";
import { type Use, usesOf } from "./uses.ts";

/** An orphan in use, which is not removed unless the user gives its id. */
export interface Serving extends Orphan {
  /** Reason why it is in use. */
  reason: string;
}

/** Returns the reason why a server may belong to the running cluster; `undefined` when it does not. */
export type ServerJudge = (found: Found) => Promise<string | undefined>;

export interface Judged {
  /** Objects that may be removed. */
  free: Found[];
  /** Objects in use. */
  serving: Serving[];
}

/**
 * Decides which objects may be removed; nothing else decides it. An object in use stays, unless its id was given. An object counts as
 * unused when all its users are removed as well.
 * @param forcedIds ids of objects that are removed even when they are in use
 */
export async function judge(
  cloud: OpenStack,
  found: readonly Found[],
  judgeServer: ServerJudge,
  forcedIds: readonly string[] = [],
): Promise<Judged> {
  const uses = new Map<Found, Use[]>();
  for (const each of found) uses.set(each, forcedIds.includes(each.object.id) ? [] : await allUses(cloud, each, judgeServer));

  const free = new Set(found);
  const serving = new Map<Found, string>();
  const isRemoved = (id: string | undefined) => [...free].some(({ object }) => object.id === id);
  for (let before = -1; before !== serving.size; ) {
    before = serving.size;
    for (const each of free) {
      const use = uses.get(each)!.find(({ by }) => !isRemoved(by));
      if (use) serving.set(each, use.reason);
    }
    for (const each of serving.keys()) free.delete(each);
  }
  return { free: [...free], serving: [...serving].map(([each, reason]) => ({ ...orphanOf(each), reason })) };
}

async function allUses(cloud: OpenStack, found: Found, judgeServer: ServerJudge): Promise<Use[]> {
  const { kind, object } = found;
  const reason = kind.type === TYPES.server ? await judgeServer(found) : undefined;
  return [...(reason === undefined ? [] : [{ reason }]), ...(await usesOf(kind.type, object, cloud))];
}
