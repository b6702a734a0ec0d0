/** Time of the fake cloud. Events that are due happen before the next request, so it has no timers and nothing to wait for at the end. */
export class Clock {
  readonly #time: () => number;
  readonly #due: { at: number; work: () => void }[] = [];

  /** @param time milliseconds since 1970 */
  constructor(time: () => number = Date.now) {
    this.#time = time;
  }

  now(): number {
    return this.#time();
  }

  /** Schedules work for later. */
  after(seconds: number, work: () => void): void {
    const at = this.now() + seconds * 1000;
    const later = this.#due.findLastIndex((event) => event.at <= at) + 1;
    this.#due.splice(later, 0, { at, work });
  }

  /** Does all work that is due. */
  settle(): void {
    while (this.#due[0] && this.#due[0].at <= this.now()) this.#due.shift()!.work();
  }
}
