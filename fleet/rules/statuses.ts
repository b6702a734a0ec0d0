import type { ClaimStatus, ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster, ClusterStatus } from "../crds/kinds/cluster.ts";
import type { ClusterPool, PoolStatus } from "../crds/kinds/pool.ts";
import { isFree } from "./deletions.ts";
import { type Fleet, isDeleted } from "./fleet.ts";
import { claimEnd, refusalOf } from "./lifetime.ts";
import { pauseOf } from "./pauses.ts";
import { timeOf } from "./times.ts";
import type { View } from "./view.ts";

/** Returns the name of the Secret with a cluster's kubeconfig. */
export const kubeconfigSecretOf = (cluster: string) => `${cluster}-kubeconfig`;

/** Derives the status of a cluster, apart from its health. */
export function clusterStatus(cluster: Cluster, fleet: Fleet): ClusterStatus {
  const runs = fleet.runsOf(cluster);
  const message = runs.error === undefined ? {} : { message: runs.error };
  if (isDeleted(cluster)) return { phase: "Deleting", ...(runs.failed("destroy") > 0 ? message : {}) };
  if (runs.isReady && !runs.active) return { phase: "Ready" };
  if (runs.isBroken) return { phase: "Failed", ...message };
  return { phase: runs.active ? "Provisioning" : "Pending", ...(runs.failed("up") > 0 ? message : {}) };
}

/** Derives the status of a pool. */
export function poolStatus(pool: ClusterPool, view: View, fleet: Fleet): PoolStatus {
  const clusters = fleet.clustersOf(pool);
  const free = clusters.filter(isFree);
  const ready = free.filter((cluster) => clusterStatus(cluster, fleet).phase === "Ready").length;
  const pause = pauseOf(pool.metadata.name, view.runs, view.now);
  const hasTemplate = view.templates.some(({ metadata }) => metadata.name === pool.spec.template);
  const message = hasTemplate
    ? pause.error
    : `there is no ClusterTemplate "${pool.spec.template}" in this namespace; make it, or name another`;
  return {
    ready,
    coming: free.length - ready,
    given: clusters.filter((cluster) => cluster.spec.claim && !isDeleted(cluster)).length,
    deleting: clusters.filter(isDeleted).length,
    waiting: fleet.waitingOf(pool).length,
    failures: pause.failures,
    ...(pause.until === undefined ? {} : { pausedUntil: timeOf(pause.until) }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Derives the status of a claim from its last one and what is there. */
export function claimStatus(claim: ClusterClaim, view: View, fleet: Fleet): ClaimStatus {
  const last = claim.status;
  const cluster = fleet.clusterOf(claim);
  if (cluster) return heldStatus(claim, cluster, view, fleet);
  if (last?.phase === "Ended" || last?.phase === "Refused") return last;
  if (last?.cluster !== undefined)
    return { ...last, phase: "Ended", endedAt: timeOf(view.now), message: `cluster ${last.cluster} was deleted` };
  const pool = fleet.pool(claim.spec.pool);
  if (!pool)
    return { phase: "Waiting", message: `there is no ClusterPool "${claim.spec.pool}" in this namespace; make it, or name another` };
  const refusal = refusalOf(claim, pool);
  if (refusal !== undefined) return { phase: "Refused", message: refusal, endedAt: timeOf(view.now) };
  const message = obstacleOf(pool, view, fleet);
  return { phase: "Waiting", ...(message === undefined ? {} : { message }) };
}

/** Returns what stands against more clusters of a pool. */
function obstacleOf(pool: ClusterPool, { runs, now }: View, fleet: Fleet): string | undefined {
  const { error } = pauseOf(pool.metadata.name, runs, now);
  if (error !== undefined) return `no cluster could be made: ${error}`;
  const isFull = fleet.clustersOf(pool).filter((cluster) => !isFree(cluster)).length >= pool.spec.max;
  return isFull ? `pool ${pool.metadata.name} has its maximum of ${pool.spec.max} clusters, and all are held or being deleted` : undefined;
}

function heldStatus(claim: ClusterClaim, cluster: Cluster, { now }: View, fleet: Fleet): ClaimStatus {
  const end = claimEnd(cluster, fleet.pool(cluster.spec.pool));
  const held = {
    cluster: cluster.metadata.name,
    kubeconfigSecret: kubeconfigSecretOf(cluster.metadata.name),
    givenAt: cluster.spec.claim!.givenAt,
    expiresAt: timeOf(end),
  };
  if (end > now && !isDeleted(cluster)) return { phase: "Given", ...held };
  const endedAt = claim.status?.endedAt ?? timeOf(now);
  return {
    phase: "Ended",
    ...held,
    endedAt,
    message: isDeleted(cluster) ? "the cluster is deleted" : "its time is over; the cluster is deleted soon",
  };
}
