import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type PoolCounts, type PoolPace, progressLine } from "../../lib/pool/progress.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { exists, settled } from "../engine/settled.ts";
import type { WorkerServer } from "./worker-server.ts";

/** Seconds between two log lines. */
const INTERVAL = 10;

/**
 * Logs the progress of a pool's nodes, from the moment at which the engine first creates or updates a part of the pool. Booted and joined
 * nodes are counted by batch, when the command that contacts them or makes them join is done.
 */
export class PoolProgress {
  readonly #component: pulumi.ComponentResource;
  readonly #pool: string;
  readonly #counts: PoolCounts;
  readonly #pace = { created: 0, joined: 0 };
  readonly #begun = new Set<string>();
  readonly #ends: Promise<unknown>[] = [];
  #start = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Counts in the last log line. */
  #logged = "";

  /** Options of all parts of the pool. Their hooks tell when a part is created or updated; an engine without hooks gets none. */
  readonly options: { hooks?: pulumi.ResourceHookBinding } = {};

  constructor(component: pulumi.ComponentResource, { name, pool, wanted }: { name: string; pool: string; wanted: number }) {
    this.#component = component;
    this.#pool = pool;
    this.#counts = { wanted, created: 0, booted: 0, joined: 0, failed: 0 };
    if (!monitorWithHooks()) return;
    const begin = new pulumi.ResourceHook(`caravan-progress-${name}`, ({ name: resource }) => this.#begin(resource), {
      ignoreErrors: true,
    });
    this.options = { hooks: { beforeCreate: [begin], beforeUpdate: [begin] } };
  }

  /** Counts a server when the engine is done with it. */
  server(name: string, server: WorkerServer): void {
    this.#follow(async () => {
      const isCreated = await exists(server);
      this.#counts[isCreated ? "created" : "failed"] += 1;
      if (isCreated && this.#begun.has(name)) this.#pace.created += 1;
    });
  }

  /** Counts the machines of a batch when a command for them is done. */
  batch(step: "booted" | "joined", name: string, done: command.local.Command, machines: pulumi.Input<unknown[]>): void {
    this.#follow(async () => {
      if (!(await exists(done))) return;
      const known = (await settled(machines)) as unknown[] | undefined;
      // A preview does not know the machines when it replaces one.
      const length = known?.length ?? 0;
      this.#counts[step] += length;
      if (step === "joined" && this.#begun.has(name)) this.#pace.joined += length;
    });
  }

  /** Waits until all parts are counted. If anything was logged, it logs a last line. */
  async end(): Promise<void> {
    await Promise.all(this.#ends);
    clearInterval(this.#timer);
    if (this.#logged !== "") this.#log();
  }

  #follow(count: () => Promise<void>): void {
    this.#ends.push(count());
  }

  #begin(name: string): void {
    this.#begun.add(name);
    if (this.#timer) return;
    this.#start = performance.now();
    // Unreferenced, so that it does not keep the program running.
    this.#timer = setInterval(() => this.#log(), INTERVAL * 1000).unref();
  }

  #log(): void {
    const counts = JSON.stringify(this.#counts);
    if (counts === this.#logged) return;
    this.#logged = counts;
    const pace: PoolPace = { ...this.#pace, seconds: (performance.now() - this.#start) / 1000 };
    pulumi.log.info(progressLine(this.#pool, this.#counts, pace), this.#component, undefined, true);
  }
}
