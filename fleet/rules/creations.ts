import type { ClusterPool } from "../crds/kinds/pool.ts";
import type { Action } from "./actions.ts";
import { isFree } from "./deletions.ts";
import { type Fleet, isDeleted } from "./fleet.ts";
import { pauseOf } from "./pauses.ts";
import type { View } from "./view.ts";

/** Decides which clusters are made: so many that each waiting claim gets one and the pool has its size, as far as its maximum allows. */
export function creations(view: View, fleet: Fleet, doomed: ReadonlySet<string>): Action[] {
  return view.pools.flatMap((pool) => creationsOf(pool, view, fleet, doomed));
}

function creationsOf(pool: ClusterPool, view: View, fleet: Fleet, doomed: ReadonlySet<string>): Action[] {
  const { size, max, template } = pool.spec;
  const hasTemplate = view.templates.some(({ metadata }) => metadata.name === template);
  if (isDeleted(pool) || !hasTemplate || pauseOf(pool.metadata.name, view.runs, view.now).until !== undefined) return [];
  const clusters = fleet.clustersOf(pool);
  const free = clusters.filter((cluster) => isFree(cluster) && !doomed.has(cluster.metadata.name));
  // Those that are given in this look still count: on both sides.
  const wanted = size + fleet.waitingOf(pool).length;
  const missing = Math.max(0, Math.min(wanted - free.length, max - clusters.length));
  return Array.from({ length: missing }, () => ({
    type: "create",
    cluster: view.newName(pool.metadata.name),
    pool: pool.metadata.name,
  }));
}
