import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import { millisecondsIn, millisecondsOf, timeOf } from "./times.ts";

/** Returns why a claim cannot be given a cluster, or `undefined`. */
export function refusalOf({ spec }: ClusterClaim, pool: ClusterPool): string | undefined {
  const { maximum } = pool.spec.claim;
  if (spec.for === undefined || millisecondsIn(spec.for) <= millisecondsIn(maximum)) return undefined;
  return `for: "${spec.for}" is longer than pool ${pool.metadata.name} allows; use at most "${maximum}"`;
}

/** Returns the deadline of a cluster that is given at a time, or was. */
export function deadlineOf({ spec }: ClusterClaim, pool: ClusterPool, givenAt: number): string {
  const { claim, grace } = pool.spec;
  const lifetime = Math.min(millisecondsIn(spec.for ?? claim.default), millisecondsIn(claim.maximum));
  return timeOf(givenAt + lifetime + millisecondsIn(grace));
}

/** Returns the deadline of a cluster: that of its claim, if its lifetime was changed, or else its own. */
export function deadlineNow({ spec }: Cluster, claim: ClusterClaim | undefined, pool: ClusterPool | undefined): string | undefined {
  if (claim?.spec.for === undefined || !pool || !spec.claim) return spec.expiresAt;
  return deadlineOf(claim, pool, millisecondsOf(spec.claim.givenAt));
}

/** Returns the end of the claim that holds a cluster, in milliseconds. Without its pool, the cluster's deadline is the end. */
export function claimEnd({ spec }: Cluster, pool: ClusterPool | undefined): number {
  return millisecondsOf(spec.expiresAt) - (pool ? millisecondsIn(pool.spec.grace) : 0);
}
