import { setTimeout } from "node:timers/promises";
import { cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import { tokenRequest } from "../../clients/openstack/token-request.ts";

/** Answer, as the suite reads it. */
export interface Exchange {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the suite's matchers describe the content
  body: any;
}

interface Catalog {
  type: string;
  endpoints: { interface: string; url: string }[];
}

/** Prefix that the OpenStack plugin puts between a service's address and a path. */
const PREFIXES: Record<string, string> = { compute: "", network: "/v2.0", image: "/v2", "load-balancer": "/v2.0", volumev3: "" };

/** Sends single requests to an OpenStack like the plugin, and returns all answers, including errors. */
export class ExchangeClient {
  readonly #catalog: Catalog[];
  readonly #token: string;

  private constructor(catalog: Catalog[], token: string) {
    this.#catalog = catalog;
    this.#token = token;
  }

  /** Signs in to the cloud that a set of OS_* variables describes. */
  static async connect(environment: Record<string, string | undefined>): Promise<{ client: ExchangeClient; signIn: Exchange }> {
    const { authUrl, auth } = cloudSettings({}, environment);
    const response = await fetch(`${authUrl}/auth/tokens`, jsonRequest("POST", tokenRequest(auth)));
    const body = (await response.json()) as { token?: { catalog: Catalog[] } };
    const client = new ExchangeClient(body.token?.catalog ?? [], response.headers.get("x-subject-token") ?? "");
    return { client, signIn: { status: response.status, body } };
  }

  /** Returns whether the cloud has a service. */
  has(service: string): boolean {
    return this.#catalog.some(({ type }) => type === service);
  }

  /** Sends a request. A version is "2.52". */
  async send(method: string, service: string, path: string, body?: object, version?: string, token = this.#token): Promise<Exchange> {
    const headers = { "X-Auth-Token": token, ...(version ? { "OpenStack-API-Version": `${service} ${version}` } : {}) };
    const response = await fetch(this.#address(service) + path, jsonRequest(method, body, headers));
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** Polls until an answer fulfils a condition. */
  async until(service: string, path: string, isDone: (exchange: Exchange) => boolean, seconds = 180): Promise<Exchange> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const exchange = await this.send("GET", service, path);
      if (isDone(exchange)) return exchange;
      if (Date.now() > end) throw new Error(`GET ${path} of ${service} is not as wanted after ${seconds} s: ${JSON.stringify(exchange)}`);
      await setTimeout(100);
    }
  }

  #address(service: string): string {
    const endpoint = this.#catalog.find(({ type }) => type === service)?.endpoints.find((each) => each.interface === "public");
    if (!endpoint) throw new Error(`the catalogue has no public endpoint of "${service}"`);
    return endpoint.url.replace(/\/+$/, "") + PREFIXES[service];
  }
}

function jsonRequest(method: string, body: object | undefined, headers: Record<string, string> = {}): RequestInit {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  return { method, headers: { "Content-Type": "application/json", ...headers }, ...json, signal: AbortSignal.timeout(120_000) };
}
