import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import type { Run } from "../crds/kinds/run.ts";
import type { ClusterTemplate } from "../crds/kinds/template.ts";

/** All objects of a fleet. */
export interface FleetObjects {
  templates: readonly ClusterTemplate[];
  pools: readonly ClusterPool[];
  clusters: readonly Cluster[];
  claims: readonly ClusterClaim[];
  runs: readonly Run[];
}

/** What a look of the controller sees. */
export interface View extends FleetObjects {
  /** Time in milliseconds. */
  now: number;
  /** Names of running runs whose process is gone. */
  dead: ReadonlySet<string>;
  /** Names of pending runs that nobody has started, as after a restart of the controller. */
  idle: ReadonlySet<string>;
  /** Names of the clusters whose API has just answered well. */
  healthy: ReadonlySet<string>;
  /** Makes the name of a new cluster of a pool. */
  newName: (pool: string) => string;
}
