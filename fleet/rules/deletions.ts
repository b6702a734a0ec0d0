import type { Cluster } from "../crds/kinds/cluster.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import type { Action } from "./actions.ts";
import { byAge, type Fleet, isDeleted } from "./fleet.ts";
import { deadlineNow } from "./lifetime.ts";
import { MINUTE, millisecondsIn, millisecondsOf } from "./times.ts";
import type { View } from "./view.ts";

/** Minutes for which a warm cluster may be unwell before it is replaced: a control plane that restarts takes less. */
const UNHEALTHY_MINUTES = 5;

type Deletion = Extract<Action, { type: "delete" }>;

/** Decides which clusters are deleted: first those whose time has ended, then the broken ones, then those that are too many. */
export function deletions(view: View, fleet: Fleet): Deletion[] {
  const living = view.clusters.filter((cluster) => !isDeleted(cluster)).sort(byAge);
  const ended = living.flatMap((cluster) => endOf(cluster, view, fleet));
  const old = view.pools.flatMap((pool) => oldOf(pool, view, fleet));
  const broken = living.flatMap((cluster) => breakageOf(cluster, view, fleet));
  const found = firstOfEach([...ended, ...old, ...broken]);
  const doomed = new Set(found.map(({ cluster }) => cluster));
  return [...found, ...view.pools.flatMap((pool) => surplusOf(pool, doomed, fleet))];
}

function endOf(cluster: Cluster, { now }: View, fleet: Fleet): Deletion[] {
  const { metadata, spec } = cluster;
  const deletion = (reason: string): Deletion[] => [{ type: "delete", cluster: metadata.name, reason }];
  const deadline = deadlineNow(cluster, fleet.claimOn(cluster), fleet.pool(spec.pool));
  if (deadline !== undefined && millisecondsOf(deadline) <= now) return deletion(`its time ended at ${deadline}`);
  if (spec.claim) {
    const claim = fleet.claimOn(cluster);
    if (!claim || isDeleted(claim))
      return [{ type: "delete", cluster: metadata.name, reason: `claim ${spec.claim.name} was released`, releasedBy: spec.claim.name }];
    return fleet.clusterOf(claim) === cluster ? [] : deletion(`claim ${spec.claim.name} has another cluster`);
  }
  const pool = fleet.pool(spec.pool);
  return spec.pool !== undefined && (!pool || isDeleted(pool)) ? deletion(`pool ${spec.pool} was deleted`) : [];
}

/** Finds the oldest warm cluster of a pool if it is too old. One at a time goes, so that some are always ready. */
function oldOf(pool: ClusterPool, { now }: View, fleet: Fleet): Deletion[] {
  const clusters = fleet.clustersOf(pool);
  const oldest = clusters.filter(isFree).sort(byAge)[0];
  if (!oldest || clusters.some(isDeleted)) return [];
  const age = now - millisecondsOf(oldest.metadata.creationTimestamp);
  const { maxAge } = pool.spec;
  return age > millisecondsIn(maxAge) ? [{ type: "delete", cluster: oldest.metadata.name, reason: `it is older than ${maxAge}` }] : [];
}

function breakageOf(cluster: Cluster, { now }: View, fleet: Fleet): Deletion[] {
  const { metadata, spec, status } = cluster;
  if (spec.pool === undefined || spec.claim) return [];
  const runs = fleet.runsOf(cluster);
  if (runs.isBroken && !runs.active)
    return [{ type: "delete", cluster: metadata.name, reason: `it could not be made: ${runs.error ?? "its runs died"}` }];
  const since = status?.unhealthySince;
  const isUnwell = since !== undefined && now - millisecondsOf(since) > UNHEALTHY_MINUTES * MINUTE;
  return isUnwell ? [{ type: "delete", cluster: metadata.name, reason: `its API has not answered well since ${since}` }] : [];
}

/** Finds warm clusters that a pool has no use or no room for: those that are not ready first, and of these the newest first. */
function surplusOf(pool: ClusterPool, doomed: ReadonlySet<string>, fleet: Fleet): Deletion[] {
  const clusters = fleet.clustersOf(pool);
  const free = clusters
    .filter((cluster) => isFree(cluster) && !doomed.has(cluster.metadata.name))
    .sort(byAge)
    .reverse();
  const wanted = Math.min(pool.spec.size + fleet.waitingOf(pool).length, Math.max(0, pool.spec.max - (clusters.length - free.length)));
  const unready = free.filter((cluster) => !fleet.runsOf(cluster).isReady);
  const order = [...unready, ...free.filter((cluster) => !unready.includes(cluster))];
  return order
    .slice(0, Math.max(0, free.length - wanted))
    .map(({ metadata }) => ({ type: "delete", cluster: metadata.name, reason: `pool ${pool.metadata.name} needs fewer` }));
}

/** Returns whether nobody holds a cluster of a pool. */
export function isFree(cluster: Cluster): boolean {
  return !cluster.spec.claim && !isDeleted(cluster);
}

function firstOfEach(found: readonly Deletion[]): Deletion[] {
  return [...new Map(found.toReversed().map((each) => [each.cluster, each])).values()].reverse();
}
