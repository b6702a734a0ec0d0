import type { Api } from "../api/api.ts";
import { CLAIMS, CLUSTERS, POOLS, RUNS, TEMPLATES } from "../api/resources.ts";
import { Watched } from "../api/watched.ts";
import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import type { Run } from "../crds/kinds/run.ts";
import type { ClusterTemplate } from "../crds/kinds/template.ts";
import type { FleetObjects } from "../rules/view.ts";

/** All objects of the fleet, as the API has them. */
export class Caches implements FleetObjects {
  readonly watchedTemplates: Watched<ClusterTemplate>;
  readonly watchedPools: Watched<ClusterPool>;
  readonly watchedClusters: Watched<Cluster>;
  readonly watchedClaims: Watched<ClusterClaim>;
  readonly watchedRuns: Watched<Run>;

  constructor(api: Api, onChange: () => void, onProblem: (message: string) => void) {
    this.watchedTemplates = new Watched(api, TEMPLATES, onChange, onProblem);
    this.watchedPools = new Watched(api, POOLS, onChange, onProblem);
    this.watchedClusters = new Watched(api, CLUSTERS, onChange, onProblem);
    this.watchedClaims = new Watched(api, CLAIMS, onChange, onProblem);
    this.watchedRuns = new Watched(api, RUNS, onChange, onProblem);
  }

  get templates(): ClusterTemplate[] {
    return this.watchedTemplates.all;
  }

  get pools(): ClusterPool[] {
    return this.watchedPools.all;
  }

  get clusters(): Cluster[] {
    return this.watchedClusters.all;
  }

  get claims(): ClusterClaim[] {
    return this.watchedClaims.all;
  }

  get runs(): Run[] {
    return this.watchedRuns.all;
  }

  /** Waits until all objects are known. */
  async listed(): Promise<void> {
    for (const watched of this.#all) await watched.listed();
  }

  stop(): void {
    for (const watched of this.#all) watched.stop();
  }

  get #all(): { listed(): Promise<void>; stop(): void }[] {
    return [this.watchedTemplates, this.watchedPools, this.watchedClusters, this.watchedClaims, this.watchedRuns];
  }
}
