import { KubeConfig } from "@kubernetes/client-node";
import { Api } from "../api/api.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import { isFree } from "../rules/deletions.ts";
import type { Fleet } from "../rules/fleet.ts";
import { keptKubeconfig } from "../runs/kubeconfig-secret.ts";

/** Milliseconds until an answer is too late: a well API server answers in less than a tenth. */
const PATIENCE = 2000;

/** Milliseconds between two checks: while claims wait, and otherwise. */
const HASTE = 2000;
const LEISURE = 30_000;

/** Health of the clusters that could be given, by the /readyz of their APIs. */
export class HealthChecks {
  readonly #api: Api;
  #healthy = new Set<string>();
  #since = new Map<string, number>();
  #checked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Clusters whose API has answered well in the last check. */
  get healthy(): ReadonlySet<string> {
    return this.#healthy;
  }

  /** Returns when the first of a cluster's last checks in a row failed, in milliseconds. */
  unhealthySince(cluster: string): number | undefined {
    return this.#since.get(cluster);
  }

  /** Checks all clusters at once, if it is time. */
  async check(fleet: Fleet, now: number): Promise<void> {
    const { pools, clusters } = fleet.objects;
    const isHaste = pools.some((pool) => fleet.waitingOf(pool).length > 0);
    const due = clusters.filter((cluster) => isFree(cluster) && fleet.runsOf(cluster).isReady);
    const isNew = due.some(({ metadata }) => !this.#healthy.has(metadata.name) && !this.#since.has(metadata.name));
    if (!isNew && now - this.#checked < (isHaste ? HASTE : LEISURE)) return;
    this.#checked = now;
    const results = await Promise.all(due.map(async (cluster) => [cluster, await this.#answersWell(cluster)] as const));
    this.#healthy = new Set(results.flatMap(([{ metadata }, isWell]) => (isWell ? metadata.name : [])));
    const unwell = results.filter(([, isWell]) => !isWell).map(([cluster]) => cluster);
    this.#since = new Map(unwell.map(({ metadata, status }) => [metadata.name, this.#first(metadata.name, status?.unhealthySince, now)]));
  }

  #first(name: string, noted: string | undefined, now: number): number {
    return this.#since.get(name) ?? (noted === undefined ? now : Date.parse(noted));
  }

  async #answersWell({ metadata }: Cluster): Promise<boolean> {
    const text = await keptKubeconfig(this.#api, metadata.name).catch(() => undefined);
    if (text === undefined) return false;
    const config = new KubeConfig();
    try {
      config.loadFromString(text);
    } catch {
      return false;
    }
    const child = new Api(config);
    try {
      const answer = await child.stream("/readyz", {}, AbortSignal.timeout(PATIENCE));
      answer.resume();
      return true;
    } catch {
      return false;
    } finally {
      child.close();
    }
  }
}
