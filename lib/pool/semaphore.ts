/** A semaphore whose places are acquired in the order of asking. */
export class Semaphore {
  #free: number;
  readonly #waiting: { places: number; begin: () => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Acquires so many places when they are free; they must not be more than there are. */
  acquire(places: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ places, begin: resolve });
    this.#begin();
    return promise;
  }

  /** Releases places. */
  release(places: number): void {
    this.#free += places;
    this.#begin();
  }

  #begin(): void {
    while (this.#waiting[0] && this.#waiting[0].places <= this.#free) {
      const { places, begin } = this.#waiting.shift()!;
      this.#free -= places;
      begin();
    }
  }
}
