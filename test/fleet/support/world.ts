import type { ClusterClaim } from "../../../fleet/crds/kinds/claim.ts";
import type { Cluster } from "../../../fleet/crds/kinds/cluster.ts";
import { API_VERSION } from "../../../fleet/crds/kinds/object.ts";
import type { ClusterPool } from "../../../fleet/crds/kinds/pool.ts";
import type { Run, RunStatus } from "../../../fleet/crds/kinds/run.ts";
import type { Action } from "../../../fleet/rules/actions.ts";
import { FINALIZER } from "../../../fleet/rules/beginnings.ts";
import { Fleet } from "../../../fleet/rules/fleet.ts";
import { plan } from "../../../fleet/rules/plan.ts";
import { isActive } from "../../../fleet/rules/runs-of.ts";
import { claimStatus } from "../../../fleet/rules/statuses.ts";
import { timeOf } from "../../../fleet/rules/times.ts";
import type { View } from "../../../fleet/rules/view.ts";
import { claim, START, template } from "./objects.ts";

/** What happens outside of the controller. */
export type Event =
  | { type: "claim"; for?: string }
  | { type: "release"; which: number }
  | { type: "end run"; which: number; phase: "Succeeded" | "Failed" }
  | { type: "all runs succeed" }
  | { type: "kill run"; which: number }
  /** Kills the controller in the next look with more actions than these, after one more, and before it writes statuses. */
  | { type: "kill controller"; after: number }
  | { type: "resize"; size: number }
  | { type: "wait"; minutes: number };

/** Fleet that obeys plans, with what happens to it. */
export class World {
  now = START;
  readonly template = template(2);
  readonly pool: ClusterPool;
  clusters: Cluster[] = [];
  claims: ClusterClaim[] = [];
  runs: Run[] = [];
  /** Claims by the clusters that they were ever given. */
  readonly gifts = new Map<string, string>();
  readonly names = new Set<string>();
  readonly #dead = new Set<string>();
  readonly #idle = new Set<string>();
  #count = 0;
  #killedAfter: number | undefined;

  constructor(pool: ClusterPool) {
    this.pool = structuredClone(pool);
  }

  get view(): View {
    return {
      now: this.now,
      templates: [this.template],
      pools: [this.pool],
      clusters: this.clusters,
      claims: this.claims,
      runs: this.runs,
      dead: this.#dead,
      idle: this.#idle,
      healthy: new Set(this.clusters.map(({ metadata }) => metadata.name)),
      newName: (pool) => `${pool}-${this.#next()}`,
    };
  }

  /** Looks once. Returns the actions. */
  look(): Action[] {
    const actions = plan(this.view);
    const isKilled = this.#killedAfter !== undefined && actions.length > this.#killedAfter;
    for (const action of isKilled ? actions.slice(0, this.#killedAfter! + 1) : actions) this.#apply(action);
    if (isKilled) {
      this.#killedAfter = undefined;
      for (const run of this.runs) if (run.status === undefined) this.#idle.add(run.metadata.name);
      return actions;
    }
    const fleet = new Fleet(this.view);
    for (const each of this.claims) each.status = claimStatus(each, this.view, fleet);
    this.#startPending();
    return actions;
  }

  happen(event: Event): void {
    const active = this.runs.filter(isActive);
    if (event.type === "claim") {
      const made = claim(`claim-${this.#next()}`, { spec: event.for === undefined ? {} : { for: event.for } });
      made.metadata.creationTimestamp = timeOf(this.now);
      this.claims.push(made);
    } else if (event.type === "release")
      this.claims = this.claims.filter((_, place) => place !== event.which % Math.max(1, this.claims.length));
    else if (event.type === "end run") this.#end(active[event.which % Math.max(1, active.length)], event.phase);
    else if (event.type === "all runs succeed") this.succeed();
    else if (event.type === "kill run") this.#kill(active[event.which % Math.max(1, active.length)]);
    else if (event.type === "kill controller") this.#killedAfter = event.after;
    else if (event.type === "resize") this.pool.spec.size = Math.min(event.size, this.pool.spec.max);
    else this.now += event.minutes * 60_000;
  }

  /** Lets all running runs succeed. */
  succeed(): void {
    for (const run of this.runs) if (run.status?.phase === "Running") this.#end(run, "Succeeded");
  }

  #end(run: Run | undefined, phase: RunStatus["phase"]): void {
    if (!run || this.#dead.has(run.metadata.name)) return;
    run.status = { phase, finishedAt: timeOf(this.now), ...(phase === "Failed" ? { error: "no room" } : {}) };
  }

  #kill(run: Run | undefined): void {
    if (run?.status?.phase === "Running") this.#dead.add(run.metadata.name);
    else if (run) this.#idle.add(run.metadata.name);
  }

  #startPending(): void {
    for (const run of this.runs) if (run.status === undefined && !this.#idle.has(run.metadata.name)) run.status = { phase: "Running" };
  }

  #apply(action: Action): void {
    const named = (name: string) => this.clusters.find(({ metadata }) => metadata.name === name)!;
    if (action.type === "create") this.#create(action.cluster);
    else if (action.type === "delete") named(action.cluster).metadata.deletionTimestamp = timeOf(this.now);
    else if (action.type === "give") this.#give(named(action.cluster), action);
    else if (action.type === "extend") named(action.cluster).spec.expiresAt = action.expiresAt;
    else if (action.type === "forget") this.clusters = this.clusters.filter(({ metadata }) => metadata.name !== action.cluster);
    else if (action.type === "run") {
      if (this.runs.some(({ metadata }) => metadata.name === action.run)) throw new Error(`${action.run} begins twice`);
      this.runs.push({
        apiVersion: API_VERSION,
        kind: "Run",
        metadata: { name: action.run, creationTimestamp: timeOf(this.now) },
        spec: action.spec,
      });
    } else if (action.type === "lose") {
      this.#dead.delete(action.run);
      this.#end(this.#run(action.run), "Lost");
    } else if (action.type === "stop") this.#end(this.#run(action.run), "Stopped");
    else if (action.type === "start") this.#idle.delete(action.run);
    else if (action.kind === "Run") this.runs = this.runs.filter(({ metadata }) => metadata.name !== action.name);
    else this.claims = this.claims.filter(({ metadata }) => metadata.name !== action.name);
  }

  #create(name: string): void {
    if (this.names.has(name)) throw new Error(`${name} is used again`);
    this.names.add(name);
    const metadata = { name, creationTimestamp: timeOf(this.now), finalizers: [FINALIZER] };
    this.clusters.push({
      apiVersion: API_VERSION,
      kind: "Cluster",
      metadata,
      spec: { ...this.template.spec, template: "mini", pool: "ci" },
    });
  }

  #give({ metadata, spec }: Cluster, { claim: holder, expiresAt }: Extract<Action, { type: "give" }>): void {
    const before = this.gifts.get(metadata.name);
    if (before !== undefined) throw new Error(`${metadata.name} is given to ${before} and to ${holder.name}`);
    this.gifts.set(metadata.name, holder.name);
    Object.assign(spec, { claim: holder, expiresAt });
  }

  #run(name: string): Run | undefined {
    return this.runs.find(({ metadata }) => metadata.name === name);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}
