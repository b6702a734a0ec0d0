import type { OpenStack } from "../../clients/openstack/client.ts";
import { TYPES } from "../state/types.ts";
import { type Orphan, orphanOf } from "./removal.ts";
import type { Found } from "./search.ts";
import { type Use, usesOf } from "./uses.ts";

/** An object that is of use, and so is not removed unless somebody says so. */
export interface Serving extends Orphan {
  /** Why. */
  reason: string;
}

/** Why a server is a part of the cluster that runs, if it is. */
export type ServerJudge = (found: Found) => Promise<string | undefined>;

export interface Judged {
  /** What may be removed. */
  free: Found[];
  /** What may not. */
  serving: Serving[];
}

/**
 * The one place that decides what may be removed: nothing that serves, unless somebody gave its id. What is used by nothing but what is
 * removed itself serves nobody.
 * @param mayGo ids of what is to be removed whatever it is used for
 */
export async function judge(
  cloud: OpenStack,
  found: readonly Found[],
  judgeServer: ServerJudge,
  mayGo: readonly string[] = [],
): Promise<Judged> {
  const uses = new Map<Found, Use[]>();
  for (const each of found) uses.set(each, mayGo.includes(each.object.id) ? [] : await allUses(cloud, each, judgeServer));

  const free = new Set(found);
  const serving = new Map<Found, string>();
  const isGoing = (id: string | undefined) => [...free].some(({ object }) => object.id === id);
  for (let before = -1; before !== serving.size; ) {
    before = serving.size;
    for (const each of free) {
      const use = uses.get(each)!.find(({ by }) => !isGoing(by));
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
