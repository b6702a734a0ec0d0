import type { Cluster } from "../crds/kinds/cluster.ts";
import type { RunSpec } from "../crds/kinds/run.ts";
import type { Action } from "./actions.ts";
import { byAge, type Fleet, isDeleted } from "./fleet.ts";
import { doubled, pauseOf } from "./pauses.ts";
import { isActive, recipeOf } from "./runs-of.ts";
import { MINUTE, millisecondsOf } from "./times.ts";
import type { View } from "./view.ts";

/** Finalizer that keeps a cluster's object until all of the cluster is gone. */
export const FINALIZER = "fleet.caravan.dev/destroy";

/** Decides which runs begin, deletions first, within the limits of the clouds. */
export function beginnings(view: View, fleet: Fleet, doomed: ReadonlySet<string>): Action[] {
  const due = view.clusters
    .filter((cluster) => !doomed.has(cluster.metadata.name) && isDue(cluster, view, fleet))
    .sort((a, b) => Number(isDeleted(b)) - Number(isDeleted(a)) || byAge(a, b));
  const free = roomOf(view);
  return due.flatMap((cluster): Action[] => {
    const cloud = cluster.spec.cloud.name;
    const room = free.get(cloud) ?? 0;
    if (room <= 0) return [];
    free.set(cloud, room - 1);
    return [beginningOf(cluster, fleet)];
  });
}

/** Finds the clusters of which all is gone. */
export function farewells({ clusters }: View, fleet: Fleet): Action[] {
  return clusters
    .filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER))
    .filter((cluster) => isDeleted(cluster) && fleet.runsOf(cluster).isDestroyed && !fleet.runsOf(cluster).active)
    .map(({ metadata }) => ({ type: "forget", cluster: metadata.name }));
}

function isDue(cluster: Cluster, view: View, fleet: Fleet): boolean {
  const runs = fleet.runsOf(cluster);
  if (runs.active || (isDeleted(cluster) && (runs.isDestroyed || !cluster.metadata.finalizers?.includes(FINALIZER)))) return false;
  if (isDeleted(cluster)) return isRested(runs.setbacks("destroy"), runs.last?.status?.finishedAt, view.now);
  if (runs.isReady) return false;
  if (cluster.spec.pool !== undefined) return !runs.isBroken && pauseOf(cluster.spec.pool, view.runs, view.now).until === undefined;
  return isRested(runs.setbacks("up"), runs.last?.status?.finishedAt, view.now);
}

/** Returns whether the pause after so many setbacks in a row is over. */
function isRested(setbacks: number, finishedAt: string | undefined, now: number): boolean {
  return setbacks === 0 || now - millisecondsOf(finishedAt) >= doubled(setbacks - 1) * MINUTE;
}

/** Returns how many runs may begin on each cloud: the least limit of its templates, or of its clusters when it has none. */
function roomOf({ templates, clusters, runs }: View): Map<string, number> {
  const limits = new Map<string, number>();
  const named = new Set(templates.map(({ spec }) => spec.cloud.name));
  const holders = [...templates, ...clusters.filter(({ spec }) => !named.has(spec.cloud.name))];
  for (const { spec } of holders) limits.set(spec.cloud.name, Math.min(limits.get(spec.cloud.name) ?? Infinity, spec.cloud.maxRuns));
  for (const run of runs.filter(isActive)) limits.set(run.spec.cloud, (limits.get(run.spec.cloud) ?? 0) - 1);
  return limits;
}

function beginningOf(cluster: Cluster, fleet: Fleet): Action {
  const { metadata, spec } = cluster;
  const runs = fleet.runsOf(cluster);
  const operation = isDeleted(cluster) ? "destroy" : "up";
  const number = runs.next(operation);
  const run: RunSpec = {
    cluster: metadata.name,
    ...(spec.pool === undefined ? {} : { pool: spec.pool }),
    cloud: spec.cloud.name,
    operation,
    number,
    recipe: recipeOf(spec),
    afterLoss: runs.last?.status?.phase === "Lost",
  };
  return { type: "run", run: `${metadata.name}-${operation}-${number}`, spec: run };
}
