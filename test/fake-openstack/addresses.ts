/** Addresses of an IPv4 network, given out in ascending order and again when they are free. */
export class Addresses {
  readonly #used = new Set<number>();
  readonly #first: number;
  readonly #last: number;
  #next: number;

  constructor(cidr: string) {
    const [address = "", prefix = ""] = cidr.split("/");
    this.#first = numberOf(address);
    this.#last = this.#first + 2 ** (32 - Number(prefix)) - 1;
    // .0 is the network, .1 the gateway.
    this.#next = this.#first + 2;
  }

  get gateway(): string {
    return text(this.#first + 1);
  }

  get pool(): { start: string; end: string } {
    return { start: text(this.#first + 2), end: text(this.#last - 1) };
  }

  /** Takes an address, by default the next free one. Returns undefined when it is taken or none is left. */
  take(wanted?: string): string | undefined {
    const address = wanted === undefined ? this.#free() : numberOf(wanted);
    if (address === undefined || this.#used.has(address) || address < this.#first || address > this.#last) return undefined;
    this.#used.add(address);
    return text(address);
  }

  release(address: string): void {
    this.#used.delete(numberOf(address));
  }

  #free(): number | undefined {
    for (let tried = this.#last - this.#first; tried > 0; tried -= 1) {
      const address = this.#next;
      this.#next = address + 1 < this.#last ? address + 1 : this.#first + 2;
      if (!this.#used.has(address)) return address;
    }
    return undefined;
  }
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function text(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
