import * as pulumi from "@pulumi/pulumi";
import { BATCH_SIZE } from "../../lib/pool/node-keys.ts";
import { Turns } from "../../lib/pool/turns.ts";
import { checkWaves, DEFAULT_WAVES, type WaveArgs } from "../../lib/pool/waves.ts";
import { Problems } from "../../lib/problems.ts";
import { isMade, settled } from "../engine/settled.ts";

/** Resources of which only so many are under way at a time. */
export class Wave {
  readonly #turns: Turns;

  constructor(places: number) {
    this.#turns = new Turns(places);
  }

  /**
   * Makes a resource that depends on its turn. That comes when all else is there that the resource waits for, so that nobody
   * holds places while waiting for something else, and the places are given back whatever becomes of it. Previews wait for nothing.
   */
  make<R extends pulumi.CustomResource>(places: number, waitsFor: pulumi.Input<unknown>, create: (turn: Turn) => R): R {
    if (pulumi.runtime.isDryRun()) return create([]);
    const begun = settled(waitsFor).then(() => this.#turns.take(places));
    const resource = create(pulumi.output(begun.then((): pulumi.Resource[] => [])));
    begun.then(() => isMade(resource)).then(() => this.#turns.giveBack(places));
    return resource;
  }
}

/** What a resource gets as `dependsOn`. */
export type Turn = pulumi.Input<pulumi.Resource[]>;

/** How many workers are made and join at a time, in all the pools that share it. */
export class Waves {
  /** Servers that are being made. */
  readonly creates: Wave;
  /** Workers that are joining, in whole batches. */
  readonly joins: Wave;

  constructor(args: WaveArgs = {}) {
    const problems = new Problems();
    checkWaves(args, problems);
    problems.throwIfAny("waves");
    const { creates = DEFAULT_WAVES.creates, joins = DEFAULT_WAVES.joins } = args;
    this.creates = new Wave(creates);
    this.joins = new Wave(Math.ceil(joins / BATCH_SIZE) * BATCH_SIZE);
  }
}
