import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type PoolCounts, type PoolPace, progressLine } from "../../lib/pool/progress.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { isMade, settled } from "../engine/settled.ts";
import type { WorkerServer } from "./worker-server.ts";

/** Seconds between two lines. */
const INTERVAL = 10;

/**
 * Says how far the nodes of a pool are, from the moment at which the engine begins to make or change any of it. Nodes have booted
 * and joined by batches: when the command is done that contacts them, or has them join.
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
  /** Counts that were said last. */
  #said = "";

  /** Options of all that the pool is made of: hooks, by which it is known what is made or changed, where the engine knows them. */
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
      const isThere = await isMade(server);
      this.#counts[isThere ? "created" : "failed"] += 1;
      if (isThere && this.#begun.has(name)) this.#pace.created += 1;
    });
  }

  /** Counts the machines of a batch when a command for them is done. */
  batch(step: "booted" | "joined", name: string, done: command.local.Command, machines: pulumi.Input<unknown[]>): void {
    this.#follow(async () => {
      if (!(await isMade(done))) return;
      const { length } = (await settled(machines)) as unknown[];
      this.#counts[step] += length;
      if (step === "joined" && this.#begun.has(name)) this.#pace.joined += length;
    });
  }

  /** Everything is counted that there is: what was begun ends with a last line. */
  async end(): Promise<void> {
    await Promise.all(this.#ends);
    clearInterval(this.#timer);
    if (this.#said !== "") this.#say();
  }

  #follow(count: () => Promise<void>): void {
    this.#ends.push(count());
  }

  #begin(name: string): void {
    this.#begun.add(name);
    if (this.#timer) return;
    this.#start = performance.now();
    // Unreferenced: the program ends when there is nothing else to do.
    this.#timer = setInterval(() => this.#say(), INTERVAL * 1000).unref();
  }

  #say(): void {
    const counts = JSON.stringify(this.#counts);
    if (counts === this.#said) return;
    this.#said = counts;
    const pace: PoolPace = { ...this.#pace, seconds: (performance.now() - this.#start) / 1000 };
    pulumi.log.info(progressLine(this.#pool, this.#counts, pace), this.#component, undefined, true);
  }
}
