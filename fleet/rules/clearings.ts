import type { Run } from "../crds/kinds/run.ts";
import type { Action } from "./actions.ts";
import type { Fleet } from "./fleet.ts";
import { isActive } from "./runs-of.ts";
import { millisecondsOf } from "./times.ts";
import type { View } from "./view.ts";

/** Milliseconds for which ended runs and claims are kept: one looks for what happened last night. */
const KEPT = 24 * 3_600_000;

/** Finds ended claims, and runs of clusters that are gone, that nobody needs any more. */
export function clearings(view: View, fleet: Fleet): Action[] {
  const isOld = (time: string | undefined) => time !== undefined && view.now - millisecondsOf(time) > KEPT;
  const claims = view.claims.filter((claim) => isOld(claim.status?.endedAt) && fleet.clusterOf(claim) === undefined);
  const known = new Set(view.clusters.map(({ metadata }) => metadata.name));
  const runs = view.runs.filter(
    (run) => !isActive(run) && isOld(run.status?.finishedAt) && (!known.has(run.spec.cluster) || isSuperseded(run, view)),
  );
  return [
    ...claims.map(({ metadata }) => ({ type: "clear", kind: "ClusterClaim", name: metadata.name }) as const),
    ...runs.map(({ metadata }) => ({ type: "clear", kind: "Run", name: metadata.name }) as const),
  ];
}

/** Runs of an operation that are kept as long as their cluster exists, the newest. What a cluster is follows from its last ones. */
const KEPT_RUNS = 10;

function isSuperseded({ spec }: Run, { runs }: View): boolean {
  const later = runs.filter(
    (other) => other.spec.cluster === spec.cluster && other.spec.operation === spec.operation && other.spec.number > spec.number,
  );
  return later.length >= KEPT_RUNS;
}
