/** Counts requests by kind: "GET /compute/v2.1/servers/{id}". */
export class Calls {
  #counts = new Map<string, number>();

  count(call: string): void {
    this.#counts.set(call, (this.#counts.get(call) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Numbers by kind, most frequent first. */
  get byKind(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([nameA, a], [nameB, b]) => b - a || nameA.localeCompare(nameB)));
  }

  /** Returns the numbers so far and restarts the count. */
  take(): Record<string, number> {
    const counts = this.byKind;
    this.#counts = new Map();
    return counts;
  }
}
