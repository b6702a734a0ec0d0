import type { ClusterPool } from "../crds/kinds/pool.ts";
import type { Action } from "./actions.ts";
import { isFree } from "./deletions.ts";
import { byAge, type Fleet, isDeleted } from "./fleet.ts";
import { deadlineNow, deadlineOf } from "./lifetime.ts";
import { millisecondsOf, timeOf } from "./times.ts";
import type { View } from "./view.ts";

type Gift = Extract<Action, { type: "give" }>;

/** Decides which cluster each waiting claim is given: the oldest claim the oldest cluster that is healthy now. */
export function gifts(view: View, fleet: Fleet, doomed: ReadonlySet<string>): Gift[] {
  return view.pools.flatMap((pool) => giftsOf(pool, view, fleet, doomed));
}

function giftsOf(pool: ClusterPool, { now, healthy }: View, fleet: Fleet, doomed: ReadonlySet<string>): Gift[] {
  const ready = fleet
    .clustersOf(pool)
    .filter((cluster) => isFree(cluster) && !doomed.has(cluster.metadata.name) && healthy.has(cluster.metadata.name))
    .filter((cluster) => fleet.runsOf(cluster).isReady && !fleet.runsOf(cluster).active)
    .sort(byAge);
  return fleet
    .waitingOf(pool)
    .slice(0, ready.length)
    .map((claim, place) => ({
      type: "give",
      cluster: ready[place]!.metadata.name,
      claim: { name: claim.metadata.name, uid: claim.metadata.uid!, owner: claim.spec.owner, givenAt: timeOf(now) },
      expiresAt: deadlineOf(claim, pool, millisecondsOf(timeOf(now))),
    }));
}

/** Decides which deadlines change, because the lifetime in a claim has. */
export function extensions({ clusters }: View, fleet: Fleet): Action[] {
  return clusters.flatMap((cluster): Action[] => {
    const deadline = deadlineNow(cluster, fleet.claimOn(cluster), fleet.pool(cluster.spec.pool));
    if (isDeleted(cluster) || deadline === undefined || deadline === cluster.spec.expiresAt) return [];
    return [{ type: "extend", cluster: cluster.metadata.name, expiresAt: deadline }];
  });
}
