import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import { parse } from "yaml";

/** Connections at a time; further requests wait for one. */
const CONNECTIONS = 32;

const REQUEST_SECONDS = 120;

interface Kubeconfig {
  clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
  users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
}

/** A client of the Kubernetes API, and of the metrics of what runs beside it, with a kubeconfig's certificate. */
export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
    const [{ cluster }] = clusters;
    const [{ user }] = users;
    this.#server = cluster.server;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: CONNECTIONS,
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    });
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#request("GET", `${this.#server}${path}`)) as T;
  }

  async create(path: string, object: object): Promise<void> {
    await this.#request("POST", `${this.#server}${path}`, JSON.stringify(object));
  }

  /** The API server's answer as it is. */
  text(path: string): Promise<string> {
    return this.#request("GET", `${this.#server}${path}`);
  }

  /** What the scheduler or the controller manager says of itself: it listens on this machine only, with a certificate that it signed itself. */
  componentMetrics(port: number): Promise<string> {
    return this.#request("GET", `https://127.0.0.1:${port}/metrics`, undefined, { rejectUnauthorized: false });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #request(method: string, url: string, body?: string, options: RequestOptions = {}): Promise<string> {
    const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method, agent: this.#agent, headers, signal, ...options }, (response) => {
      const { statusCode = 0 } = response;
      text(response).then((answer) => {
        if (statusCode < 300) resolve(answer);
        else reject(new Error(`${method} ${url} was answered with ${statusCode}: ${answer.slice(0, 500)}`));
      }, reject);
    });
    sent.on("error", reject);
    sent.end(body);
    return promise;
  }
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString();
}
