import { isDeepStrictEqual } from "node:util";
import type { Api } from "../api/api.ts";
import { CLAIMS, CLUSTERS, POOLS, type Resource } from "../api/resources.ts";
import type { Watched } from "../api/watched.ts";
import type { FleetObject } from "../crds/kinds/object.ts";
import { Fleet } from "../rules/fleet.ts";
import { claimStatus, clusterStatus, poolStatus } from "../rules/statuses.ts";
import { timeOf } from "../rules/times.ts";
import type { View } from "../rules/view.ts";
import type { Caches } from "./caches.ts";
import type { HealthChecks } from "./health.ts";

/** Makes the writes of all statuses that are not as the objects say. */
export function statusWrites(api: Api, caches: Caches, view: View, health: HealthChecks): (() => Promise<void>)[] {
  const fleet = new Fleet(view);
  return [
    ...caches.claims.flatMap((claim) => write(api, CLAIMS, caches.watchedClaims, claim, claimStatus(claim, view, fleet))),
    ...caches.clusters.flatMap((cluster) => {
      const since = health.unhealthySince(cluster.metadata.name);
      const unhealthy = since === undefined ? {} : { unhealthySince: timeOf(since) };
      return write(api, CLUSTERS, caches.watchedClusters, cluster, { ...clusterStatus(cluster, fleet), ...unhealthy });
    }),
    ...caches.pools.flatMap((pool) => write(api, POOLS, caches.watchedPools, pool, poolStatus(pool, view, fleet))),
  ];
}

function write<Status extends object, T extends FleetObject<unknown, Status>>(
  api: Api,
  resource: Resource,
  watched: Watched<T>,
  object: T,
  status: Status,
): (() => Promise<void>)[] {
  if (isDeepStrictEqual(object.status, status)) return [];
  return [async () => watched.put(await api.replace(resource, { ...object, status }, "status"))];
}
