import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { KubernetesObject } from "../crds/kinds/object.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import { refusalOf } from "./lifetime.ts";
import { ClusterRuns } from "./runs-of.ts";
import { millisecondsOf } from "./times.ts";
import type { FleetObjects } from "./view.ts";

/** Orders objects by age, the oldest first, and by name where that is the same. */
export function byAge(a: KubernetesObject, b: KubernetesObject): number {
  const [one, other] = [a, b].map(({ metadata }) => millisecondsOf(metadata.creationTimestamp));
  return one! - other! || (a.metadata.name < b.metadata.name ? -1 : 1);
}

export const isDeleted = ({ metadata }: KubernetesObject) => metadata.deletionTimestamp !== undefined;

/** Relations between the objects of a fleet. */
export class Fleet {
  readonly objects: FleetObjects;
  readonly #runs: Map<string, ClusterRuns>;
  readonly #held: Map<string, Cluster[]>;

  constructor(objects: FleetObjects) {
    this.objects = objects;
    const runs = Map.groupBy(objects.runs, ({ spec }) => spec.cluster);
    this.#runs = new Map(
      objects.clusters.map((cluster) => [cluster.metadata.name, new ClusterRuns(cluster, runs.get(cluster.metadata.name) ?? [])]),
    );
    this.#held = Map.groupBy(
      objects.clusters.filter(({ spec }) => spec.claim),
      ({ spec }) => spec.claim!.uid,
    );
  }

  runsOf({ metadata }: Cluster): ClusterRuns {
    return this.#runs.get(metadata.name)!;
  }

  pool(name: string | undefined): ClusterPool | undefined {
    return this.objects.pools.find(({ metadata }) => metadata.name === name);
  }

  /** Clusters of a pool, those that are being deleted included. */
  clustersOf({ metadata }: ClusterPool): Cluster[] {
    return this.objects.clusters.filter(({ spec }) => spec.pool === metadata.name);
  }

  /** Claim that holds a cluster, if it still exists. */
  claimOn({ spec }: Cluster): ClusterClaim | undefined {
    return this.objects.claims.find(({ metadata }) => metadata.uid === spec.claim?.uid);
  }

  /** Cluster that a claim holds. If a controller that was thought dead has given two, it is the one that the claim names. */
  clusterOf({ metadata, status }: ClusterClaim): Cluster | undefined {
    const held = this.#held.get(metadata.uid ?? "") ?? [];
    return held.find((cluster) => cluster.metadata.name === status?.cluster) ?? held.toSorted(byAge)[0];
  }

  /** Claims of a pool that are to be given a cluster, the oldest first. */
  waitingOf(pool: ClusterPool): ClusterClaim[] {
    return this.objects.claims
      .filter((claim) => claim.spec.pool === pool.metadata.name && this.#isWaiting(claim) && refusalOf(claim, pool) === undefined)
      .sort(byAge);
  }

  #isWaiting(claim: ClusterClaim): boolean {
    const isOver = claim.status?.cluster !== undefined || claim.status?.phase === "Ended" || claim.status?.phase === "Refused";
    return !isDeleted(claim) && !isOver && this.clusterOf(claim) === undefined;
  }
}
