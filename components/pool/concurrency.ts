import * as pulumi from "@pulumi/pulumi";
import { checkConcurrency, DEFAULT_CONCURRENCY } from "../../lib/pool/concurrency.ts";
import { BATCH_SIZE } from "../../lib/pool/node-keys.ts";
import { Semaphore } from "../../lib/pool/semaphore.ts";
import type { ConcurrencySettings } from "../../lib/pool/settings.ts";
import { Problems } from "../../lib/problems.ts";
import { gate } from "../engine/gate.ts";
import { isMade, settled } from "../engine/settled.ts";

/** A limit of resources that are under way at a time. */
export class ConcurrencyLimit {
  readonly #semaphore: Semaphore;

  constructor(places: number) {
    this.#semaphore = new Semaphore(places);
  }

  /**
   * Makes a resource that waits for free places. It acquires them when all else is there that it depends on, so that nobody
   * holds places while waiting for something else, and they are released whatever becomes of it. Previews wait for nothing.
   */
  make<R extends pulumi.CustomResource>(places: number, waitsFor: pulumi.Input<unknown>, create: (dependsOn: Places) => R): R {
    if (pulumi.runtime.isDryRun()) return create([]);
    const begun = settled(waitsFor).then(() => this.#semaphore.acquire(places));
    const resource = create(gate(begun));
    begun.then(() => isMade(resource)).then(() => this.#semaphore.release(places));
    return resource;
  }
}

/** Value for `dependsOn` that is known when the places are acquired. */
export type Places = pulumi.Input<pulumi.Resource[]>;

/** Concurrency limits of workers, in all the pools that share them. */
export class ConcurrencyLimits {
  /** Servers that are being made. */
  readonly creates: ConcurrencyLimit;
  /** Workers that are joining, in whole batches. */
  readonly joins: ConcurrencyLimit;

  constructor(args: ConcurrencySettings = {}) {
    const problems = new Problems();
    checkConcurrency(args, problems);
    problems.throwIfAny("concurrency");
    const { creates = DEFAULT_CONCURRENCY.creates, joins = DEFAULT_CONCURRENCY.joins } = args;
    this.creates = new ConcurrencyLimit(creates);
    this.joins = new ConcurrencyLimit(Math.ceil(joins / BATCH_SIZE) * BATCH_SIZE);
  }
}
