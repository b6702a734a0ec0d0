import type { Clock } from "../clock.ts";

/** Builds of servers with a concurrency limit. Further ones wait. */
export class Builds {
  readonly #clock: Clock;
  /** Time at which each slot is free again, in milliseconds since 1970. */
  readonly #free: number[];

  constructor(clock: Clock, places: number) {
    this.#clock = clock;
    this.#free = Array.from({ length: places }, () => 0);
  }

  /** Does work at the end of a build that takes this number of seconds. */
  finish(seconds: number, work: () => void): void {
    const now = this.#clock.now();
    const soonest = this.#free.indexOf(Math.min(...this.#free));
    const wait = Math.max(0, this.#free[soonest]! - now) / 1000;
    this.#free[soonest] = now + (wait + seconds) * 1000;
    this.#clock.after(wait + seconds, work);
  }
}
