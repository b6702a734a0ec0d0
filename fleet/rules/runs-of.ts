import { createHash } from "node:crypto";
import type { Cluster, ClusterSpec } from "../crds/kinds/cluster.ts";
import type { Run } from "../crds/kinds/run.ts";
import { millisecondsOf } from "./times.ts";

/** Failed runs after which a cluster is broken. The second one began where the first had ended, and found what a passing error had left. */
const FAILED_RUNS = 2;

/** Runs whose process died after which a cluster is broken: it may be what kills them. */
const LOST_RUNS = 5;

/** Lost runs in a row that are done again at once. */
const QUICK_RETRIES = 3;

/** Returns whether a run is not over. */
export function isActive({ status }: Run): boolean {
  return status === undefined || status.phase === "Pending" || status.phase === "Running";
}

/** Returns the hash of what a cluster is made of. */
export function recipeOf({ cluster, configuration }: Pick<ClusterSpec, "cluster" | "configuration">): string {
  return createHash("sha256").update(canonical({ cluster, configuration })).digest("hex").slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}

/** Runs of one cluster, the oldest first. */
export class ClusterRuns {
  readonly #cluster: Cluster;
  readonly #runs: readonly Run[];

  constructor(cluster: Cluster, runs: readonly Run[]) {
    this.#cluster = cluster;
    this.#runs = runs.filter(({ spec }) => spec.cluster === cluster.metadata.name).sort(byBeginning);
  }

  get active(): Run | undefined {
    return this.#runs.find(isActive);
  }

  /** Last run that is over. */
  get last(): Run | undefined {
    return this.#runs.findLast((run) => !isActive(run));
  }

  /** Returns whether the cluster is as its recipe says. */
  get isReady(): boolean {
    return this.#last("up")?.status?.phase === "Succeeded";
  }

  /** Returns whether all of the cluster is gone. */
  get isDestroyed(): boolean {
    return this.last?.spec.operation === "destroy" && this.last.status?.phase === "Succeeded";
  }

  get isBroken(): boolean {
    return this.failed("up") >= FAILED_RUNS || this.#count("up", "Lost") >= LOST_RUNS;
  }

  /** Counts the failures of an operation since its last success. */
  failed(operation: "up" | "destroy"): number {
    return this.#count(operation, "Failed");
  }

  /** Counts what makes the pause before the next run of an operation longer. */
  setbacks(operation: "up" | "destroy"): number {
    return this.failed(operation) + Math.max(0, this.#count(operation, "Lost") - QUICK_RETRIES);
  }

  /** Returns the number of the next run of an operation. */
  next(operation: "up" | "destroy"): number {
    const numbers = this.#runs.filter(({ spec }) => spec.operation === operation).map(({ spec }) => spec.number);
    return Math.max(0, ...numbers) + 1;
  }

  /** Returns the error of the last failed run. */
  get error(): string | undefined {
    return this.#runs.findLast(({ status }) => status?.phase === "Failed")?.status?.error;
  }

  #count(operation: "up" | "destroy", phase: "Failed" | "Lost"): number {
    const own = this.#of(operation);
    return own.slice(own.findLastIndex(({ status }) => status?.phase === "Succeeded") + 1).filter(({ status }) => status?.phase === phase)
      .length;
  }

  #last(operation: "up" | "destroy"): Run | undefined {
    return this.#of(operation).at(-1);
  }

  /** Runs of an operation that are over; those of `up` only with the recipe of now. */
  #of(operation: "up" | "destroy"): Run[] {
    const recipe = recipeOf(this.#cluster.spec);
    return this.#runs.filter(
      (run) => run.spec.operation === operation && !isActive(run) && (operation === "destroy" || run.spec.recipe === recipe),
    );
  }
}

function byBeginning(a: Run, b: Run): number {
  const [one, other] = [a, b].map(({ metadata }) => millisecondsOf(metadata.creationTimestamp));
  return one! - other! || a.spec.number - b.spec.number;
}
