import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** Requests to an object store. */
export interface StoreRequests {
  /** Objects written. */
  puts: number;
  /** Objects copied within the store. */
  copies: number;
  /** All others: reads, lists, deletions. */
  others: number;
  /** Megabytes written, without copies. */
  megabytes: number;
}

const NONE: StoreRequests = { puts: 0, copies: 0, others: 0, megabytes: 0 };

/** Proxy in front of an object store. It counts requests, and delays each as a distant store would. */
export class CountingProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #milliseconds: number;
  #requests = { ...NONE };

  /**
   * @param target port of the store on this machine
   * @param milliseconds delay of each request
   */
  constructor(target: number, milliseconds: number) {
    this.#target = target;
    this.#milliseconds = milliseconds;
    this.#server = createServer((asked, answer) => void this.#pass(asked, answer));
  }

  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    await promise;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Returns the numbers so far and restarts the count. */
  take(): StoreRequests {
    const { megabytes, ...counts } = this.#requests;
    this.#requests = { ...NONE };
    return { ...counts, megabytes: Math.round(megabytes * 10) / 10 };
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.#count(asked);
    await setTimeout(this.#milliseconds);
    const { method, url: path, headers } = asked;
    const passed = request({ host: "127.0.0.1", port: this.#target, method, path, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }

  #count({ method, headers }: IncomingMessage): void {
    if (method !== "PUT") this.#requests.others += 1;
    else if (headers["x-amz-copy-source"] !== undefined) this.#requests.copies += 1;
    else {
      this.#requests.puts += 1;
      this.#requests.megabytes += Number(headers["content-length"] ?? 0) / 1e6;
    }
  }
}
