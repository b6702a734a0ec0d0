/** A number of places, for which who comes first is served first. */
export class Turns {
  #free: number;
  readonly #waiting: { places: number; begin: () => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Waits until so many places are free, and takes them; they must not be more than there are. */
  take(places: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ places, begin: resolve });
    this.#begin();
    return promise;
  }

  /** Gives places back. */
  giveBack(places: number): void {
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
