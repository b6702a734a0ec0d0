/** Semaphore whose places are acquired in the order of the requests. */
export class Semaphore {
  #free: number;
  readonly #waiting: { places: number; begin: () => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Acquires a number of places as soon as they are free. The number must not exceed that of all places. */
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
