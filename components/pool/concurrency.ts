import * as pulumi from "@pulumi/pulumi";
import { checkConcurrency, DEFAULT_CONCURRENCY } from "../../lib/pool/concurrency.ts";
import { BATCH_SIZE } from "../../lib/pool/node-keys.ts";
import { Semaphore } from "../../lib/pool/semaphore.ts";
import type { ConcurrencySettings } from "../../lib/pool/settings.ts";
import { Problems } from "../../lib/problems.ts";
import { gate } from "../engine/gate.ts";
import { exists, settled } from "../engine/settled.ts";

/** Concurrency limit of resources that are created or updated. */
export class ConcurrencyLimit {
  readonly #semaphore: Semaphore;

  constructor(places: number) {
    this.#semaphore = new Semaphore(places);
  }

  /**
   * Makes a resource that waits for free places. It acquires them only when all other dependencies are known, so that it never holds places
   * while it waits for something else. The places are released when the resource exists or has failed. Previews do not wait.
   * @param waitsFor other dependencies of the resource
   */
  make<R extends pulumi.CustomResource>(places: number, waitsFor: pulumi.Input<unknown>, create: (dependsOn: Places) => R): R {
    if (pulumi.runtime.isDryRun()) return create([]);
    const begun = settled(waitsFor).then(() => this.#semaphore.acquire(places));
    const resource = create(gate(begun));
    begun.then(() => exists(resource)).then(() => this.#semaphore.release(places));
    return resource;
  }
}

/** Value for `dependsOn` that is known when the places are acquired. */
export type Places = pulumi.Input<pulumi.Resource[]>;

/** Concurrency limits of workers, for all pools that share them. */
export class ConcurrencyLimits {
  /** Limit of servers that are created at a time. */
  readonly creates: ConcurrencyLimit;
  /** Limit of workers that join at a time, in whole batches. */
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
