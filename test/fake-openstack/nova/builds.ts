import type { Clock } from "../clock.ts";

/** Places in which servers are built; who finds none waits. */
export class Builds {
  readonly #clock: Clock;
  /** When each place is free again, in milliseconds since 1970. */
  readonly #free: number[];

  constructor(clock: Clock, places: number) {
    this.#clock = clock;
    this.#free = Array.from({ length: places }, () => 0);
  }

  /** Does something when a build that takes so many seconds is done. */
  finish(seconds: number, work: () => void): void {
    const now = this.#clock.now();
    const soonest = this.#free.indexOf(Math.min(...this.#free));
    const wait = Math.max(0, this.#free[soonest]! - now) / 1000;
    this.#free[soonest] = now + (wait + seconds) * 1000;
    this.#clock.after(wait + seconds, work);
  }
}
