import { setTimeout } from "node:timers/promises";
import type { Api } from "../api/api.ts";
import { ApiError } from "../api/api-error.ts";
import type { Run } from "../crds/kinds/run.ts";
import { Fleet } from "../rules/fleet.ts";
import { newClusterName } from "../rules/ids.ts";
import { plan } from "../rules/plan.ts";
import type { View } from "../rules/view.ts";
import type { Executor } from "../runs/executor.ts";
import { giveAccess } from "./access.ts";
import { Actor, described } from "./actor.ts";
import { Caches } from "./caches.ts";
import { HealthChecks } from "./health.ts";
import { statusWrites } from "./statuses.ts";

/** Milliseconds between two looks when nothing changes, for what only time changes; and at least, so that many changes are one look. */
const LONGEST_PAUSE = 5000;
const SHORTEST_PAUSE = 100;

export interface ControllerOptions {
  api: Api;
  /** Makes the executor of runs. */
  executor: (onEarlyEnd: (run: Run, reason: string) => void) => Executor;
  /** Gets a line for each thing that is done or fails. */
  log: (message: string) => void;
}

/** Keeps a fleet as its objects say. All that it knows is in the API: it can end at any moment, and goes on from there. */
export class Controller {
  readonly #api: Api;
  readonly #log: (message: string) => void;
  readonly #caches: Caches;
  readonly #health: HealthChecks;
  readonly #executor: Executor;
  readonly #actor: Actor;
  readonly #accessible = new Set<string>();
  #wake = Promise.withResolvers<void>();
  #isStopped = false;

  constructor({ api, executor, log }: ControllerOptions) {
    this.#api = api;
    this.#log = log;
    this.#caches = new Caches(api, () => this.#wake.resolve(), log);
    this.#health = new HealthChecks(api);
    this.#executor = executor((run, reason) => this.#trying(`run ${run.metadata.name}`, () => this.#actor.fail(run, reason), true));
    this.#actor = new Actor(api, this.#caches, this.#executor);
  }

  /** Looks and acts until it is stopped. */
  async run(): Promise<void> {
    await this.#caches.listed();
    this.#log(
      `controls ${this.#caches.pools.length} pools and ${this.#caches.clusters.length} clusters in namespace ${this.#api.namespace}`,
    );
    while (!this.#isStopped) {
      this.#wake = Promise.withResolvers();
      await this.#look();
      await setTimeout(SHORTEST_PAUSE);
      await Promise.race([this.#wake.promise, setTimeout(LONGEST_PAUSE)]);
    }
  }

  /** Ends after the look that is under way. Runs go on. */
  stop(): void {
    this.#isStopped = true;
    this.#wake.resolve();
    this.#caches.stop();
  }

  async #look(): Promise<void> {
    await this.#health.check(new Fleet(this.#caches), Date.now());
    for (const action of plan(this.#view())) {
      if (this.#isStopped) return;
      await this.#trying(described(action), () => this.#actor.do(action));
    }
    await this.#giveAccess();
    for (const write of statusWrites(this.#api, this.#caches, this.#view(), this.#health)) await this.#trying("status", write, true);
  }

  #view(): View {
    const { templates, pools, clusters, claims, runs } = this.#caches;
    const isIdle = (run: Run) => (run.status?.phase ?? "Pending") === "Pending" && !this.#executor.isStarting(run);
    const isDead = (run: Run) => run.status?.phase === "Running" && !this.#executor.isAlive(run);
    const names = (wanted: readonly Run[]) => new Set(wanted.map(({ metadata }) => metadata.name));
    return {
      ...{ templates, pools, clusters, claims, runs },
      now: Date.now(),
      dead: names(runs.filter(isDead)),
      idle: names(runs.filter(isIdle)),
      healthy: this.#health.healthy,
      newName: newClusterName,
    };
  }

  /** Gives owners their right once more where the last controller may have ended before it did. */
  async #giveAccess(): Promise<void> {
    const held = this.#caches.clusters.filter(({ spec, metadata }) => spec.claim && !this.#accessible.has(metadata.uid!));
    for (const cluster of held)
      await this.#trying(
        `access to ${cluster.metadata.name}`,
        async () => {
          await giveAccess(this.#api, cluster);
          this.#accessible.add(cluster.metadata.uid!);
        },
        true,
      );
  }

  /** Does something. What fails is tried again in a later look, and what somebody else has changed meanwhile is looked at anew. */
  async #trying(what: string, work: () => Promise<void>, isQuiet = false): Promise<void> {
    try {
      await work();
      if (!isQuiet) this.#log(what);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return;
      this.#log(`failed: ${what}: ${(error as Error).message}`);
    }
  }
}
