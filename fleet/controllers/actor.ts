import type { Api } from "../api/api.ts";
import { unlessStatus } from "../api/api.ts";
import { CLAIMS, CLUSTERS, RUNS } from "../api/resources.ts";
import type { ClusterClaim } from "../crds/kinds/claim.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import { API_VERSION } from "../crds/kinds/object.ts";
import type { Run } from "../crds/kinds/run.ts";
import type { Action } from "../rules/actions.ts";
import { FINALIZER } from "../rules/beginnings.ts";
import { timeOf } from "../rules/times.ts";
import { environmentIn } from "../runs/environment.ts";
import type { Executor } from "../runs/executor.ts";
import { secretData } from "../runs/kubeconfig-secret.ts";
import { giveAccess, removeAccess } from "./access.ts";
import type { Caches } from "./caches.ts";

type ActionOf<Type extends Action["type"]> = Extract<Action, { type: Type }>;

/** Does what a plan says, one action after another. Each changes one object, and only if it is as the plan saw it. */
export class Actor {
  readonly #api: Api;
  readonly #caches: Caches;
  readonly #executor: Executor;
  readonly #stopped = new Set<string>();

  constructor(api: Api, caches: Caches, executor: Executor) {
    this.#api = api;
    this.#caches = caches;
    this.#executor = executor;
  }

  async do(action: Action): Promise<void> {
    if (action.type === "lose") return this.#lose(this.#run(action.run));
    if (action.type === "start") return this.#start(this.#run(action.run));
    if (action.type === "stop") return this.#stop(this.#run(action.run));
    if (action.type === "delete") return this.#delete(action);
    if (action.type === "give") return this.#give(action);
    if (action.type === "extend") return this.#change(this.#cluster(action.cluster), { expiresAt: action.expiresAt });
    if (action.type === "create") return this.#create(action);
    if (action.type === "run") return this.#begin(action);
    if (action.type === "forget") return this.#forget(this.#cluster(action.cluster));
    return this.#api.delete(action.kind === "Run" ? RUNS : CLAIMS, action.name);
  }

  /** Notes that a run ended before it began. */
  async fail(run: Run, error: string): Promise<void> {
    const now = await this.#api.find<Run>(RUNS, run.metadata.name);
    if (!now || (now.status && now.status.phase !== "Pending")) return;
    await this.#end(now, "Failed", error);
  }

  async #lose(run: Run): Promise<void> {
    await this.#executor.clear(run);
    await this.#end(run, "Lost");
  }

  async #end(run: Run, phase: "Lost" | "Failed", error?: string): Promise<void> {
    const status = { ...run.status, phase, finishedAt: timeOf(Date.now()), ...(error === undefined ? {} : { error }) };
    this.#caches.watchedRuns.put(await this.#api.replace(RUNS, { ...run, status }, "status"));
  }

  async #start(run: Run): Promise<void> {
    try {
      const { environmentSecret } = this.#cluster(run.spec.cluster).spec;
      await this.#executor.start(run, environmentIn(environmentSecret, await secretData(this.#api, environmentSecret)));
    } catch (error) {
      await this.fail(run, (error as Error).message);
    }
  }

  #stop(run: Run): void {
    if (this.#stopped.has(run.metadata.name)) return;
    this.#stopped.add(run.metadata.name);
    this.#executor.stop(run);
  }

  async #delete({ cluster, releasedBy }: ActionOf<"delete">): Promise<void> {
    const { metadata, spec } = this.#cluster(cluster);
    // What serves is not deleted because of a list that lacks its claim: the claim itself is asked for.
    if (releasedBy !== undefined) {
      const claim = await this.#api.find<ClusterClaim>(CLAIMS, releasedBy);
      if (claim?.metadata.uid === spec.claim?.uid && claim?.metadata.deletionTimestamp === undefined) return;
    }
    await this.#api.delete(CLUSTERS, cluster, metadata.uid);
  }

  async #give({ cluster, claim, expiresAt }: ActionOf<"give">): Promise<void> {
    await this.#change(this.#cluster(cluster), { claim, expiresAt });
    await giveAccess(this.#api, this.#cluster(cluster));
  }

  async #create({ cluster: name, pool }: ActionOf<"create">): Promise<void> {
    const { template } = this.#caches.watchedPools.get(pool)!.spec;
    const { spec } = this.#caches.watchedTemplates.get(template)!;
    const made: Cluster = {
      apiVersion: API_VERSION,
      kind: "Cluster",
      metadata: { name, labels: { "fleet.caravan.dev/pool": pool }, finalizers: [FINALIZER] },
      spec: { ...spec, template, pool },
    };
    this.#caches.watchedClusters.put(await this.#api.create(CLUSTERS, made));
  }

  async #begin({ run: name, spec }: ActionOf<"run">): Promise<void> {
    const cluster = this.#cluster(spec.cluster);
    if (!cluster.metadata.finalizers?.includes(FINALIZER))
      await this.#setFinalizers(cluster, [...(cluster.metadata.finalizers ?? []), FINALIZER]);
    const labels = { "fleet.caravan.dev/cluster": spec.cluster };
    const run: Run = { apiVersion: API_VERSION, kind: "Run", metadata: { name, labels }, spec };
    const made = await this.#api.create(RUNS, run);
    this.#caches.watchedRuns.put(made);
    await this.#start(made);
  }

  async #forget(cluster: Cluster): Promise<void> {
    await removeAccess(this.#api, cluster.metadata.name);
    await this.#setFinalizers(
      cluster,
      (cluster.metadata.finalizers ?? []).filter((each) => each !== FINALIZER),
    );
  }

  /** Changes a cluster, unless somebody else has. */
  async #change(cluster: Cluster, fields: Partial<Cluster["spec"]>): Promise<void> {
    this.#caches.watchedClusters.put(await this.#api.replace(CLUSTERS, { ...cluster, spec: { ...cluster.spec, ...fields } }));
  }

  async #setFinalizers(cluster: Cluster, finalizers: string[]): Promise<void> {
    const changed = { ...cluster, metadata: { ...cluster.metadata, finalizers } };
    await this.#api.replace(CLUSTERS, changed).then((now) => this.#caches.watchedClusters.put(now), unlessStatus(404));
  }

  #run(name: string): Run {
    return this.#caches.watchedRuns.get(name)!;
  }

  #cluster(name: string): Cluster {
    return this.#caches.watchedClusters.get(name)!;
  }
}

/** Returns what an action was, for the log. */
export function described(action: Action): string {
  if (action.type === "delete") return `deletes cluster ${action.cluster}: ${action.reason}`;
  if (action.type === "give") return `gives cluster ${action.cluster} to claim ${action.claim.name} of ${action.claim.owner}`;
  if (action.type === "extend") return `cluster ${action.cluster} stays until ${action.expiresAt}`;
  if (action.type === "create") return `makes cluster ${action.cluster} for pool ${action.pool}`;
  if (action.type === "forget") return `cluster ${action.cluster} is gone`;
  if (action.type === "clear") return `removes the old ${action.kind} ${action.name}`;
  if (action.type === "lose") return `run ${action.run} has died`;
  return `${action.type === "run" ? "begins" : `${action.type}s`} run ${action.run}`;
}
