import { setTimeout } from "node:timers/promises";
import type { CloudSettings } from "./cloud-settings.ts";
import { tokenRequest } from "./token-request.ts";
import { type HttpRequest, type HttpResponse, send } from "./transport.ts";

/** OpenStack services that the library uses: their types in the catalogue, the path of their API, and the version that is requested. */
const SERVICES = {
  // 2.26 filters servers by tags. 2.47 returns the whole flavor in each server (Nova's REST API version history).
  compute: { types: ["compute"], path: "", headers: { "OpenStack-API-Version": "compute 2.47" } },
  network: { types: ["network"], path: "/v2.0", headers: {} },
  volume: { types: ["block-storage", "volumev3"], path: "", headers: {} },
  image: { types: ["image"], path: "/v2", headers: {} },
  loadBalancer: { types: ["load-balancer"], path: "/v2/lbaas", headers: {} },
  dns: { types: ["dns"], path: "/v2", headers: {} },
} as const;

export type Service = keyof typeof SERVICES;

/** Timeout of one request in seconds. */
const REQUEST_SECONDS = 60;

/** Seconds to wait before each retry after a transient failure. */
const RETRY_DELAYS = [0.5, 1, 2, 4];

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; region_id?: string; region?: string; url: string }[];
}

/** Page of a collection. Designate links to the next page in `links`, the other services in `COLLECTION_links`. */
type Page = Record<string, unknown[]> & { links?: { next?: string } };

/** Catalogue and project of a token, as Keystone returns them. */
interface TokenBody {
  catalog?: CatalogEntry[];
  project?: { id: string };
}

/** Error of a request that OpenStack refused. */
export class OpenStackError extends Error {
  readonly status: number;

  constructor(request: HttpRequest, { status, text }: HttpResponse) {
    super(`${request.method} ${request.url.split("?")[0]}: ${status} ${reason(text)}`);
    this.name = "OpenStackError";
    this.status = status;
  }
}

/** Client of an OpenStack project, signed in. */
export class OpenStack {
  /** Id of the credentials' project. */
  readonly projectId: string;
  readonly #settings: CloudSettings;
  readonly #token: string;
  readonly #catalog: CatalogEntry[];

  private constructor(settings: CloudSettings, token: string, { catalog = [], project }: TokenBody) {
    this.projectId = project?.id ?? "";
    this.#settings = settings;
    this.#token = token;
    this.#catalog = catalog;
  }

  /** Signs in. */
  static async connect(settings: CloudSettings): Promise<OpenStack> {
    const request: HttpRequest = { method: "POST", url: `${settings.authUrl}/auth/tokens`, body: tokenRequest(settings.auth) };
    const { headers, text } = await sendWithRetries(request, settings.tls);
    return new OpenStack(settings, String(headers["x-subject-token"]), JSON.parse(text).token);
  }

  /** Returns whether the cloud has a service. */
  has(service: Service): boolean {
    return this.#entries(service).length > 0;
  }

  /**
   * Sends a request to a service. Transient failures are retried; a refusal throws OpenStackError.
   * POST is left out, because a retried POST could create an object twice.
   */
  request<T>(service: Service, method: "GET" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
    return this.#send<T>(service, method, path, body);
  }

  async #send<T>(service: Service, method: HttpRequest["method"], path: string, body?: unknown): Promise<T> {
    const headers = { ...SERVICES[service].headers, "X-Auth-Token": this.#token };
    const { text } = await sendWithRetries({ method, url: this.#endpoint(service) + path, headers, body }, this.#settings.tls);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Reads a server's console log. It is the only request by POST. */
  async consoleOutput(serverId: string): Promise<string> {
    const body = { "os-getConsoleOutput": {} };
    return (await this.#send<{ output: string | null }>("compute", "POST", `/servers/${serverId}/action`, body)).output ?? "";
  }

  /** Lists all objects of a collection that match a query, page by page. */
  async list<T extends object>(service: Service, path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const { links, ...answer } = await this.request<Page>(service, "GET", `${path}?${new URLSearchParams(query)}`);
    const [key = "", found = []] = Object.entries(answer).find(([name, value]) => Array.isArray(value) && !name.endsWith("_links")) ?? [];
    const hasMore = links?.next || (answer[`${key}_links`] as { rel: string }[] | undefined)?.some(({ rel }) => rel === "next");
    const last = found.at(-1) as { id?: string } | undefined;
    // The link is not followed: its address may be one that only the service can reach.
    const more = hasMore && last?.id ? await this.list<T>(service, path, { ...query, marker: last.id }) : [];
    return [...(found as T[]), ...more];
  }

  #entries(service: Service): CatalogEntry[] {
    const types: readonly string[] = SERVICES[service].types;
    return this.#catalog.filter(({ type }) => types.includes(type));
  }

  #endpoint(service: Service): string {
    const { region, interface: wanted } = this.#settings;
    const { types, path } = SERVICES[service];
    const endpoints = this.#entries(service).flatMap((entry) => entry.endpoints);
    const found = endpoints.find((each) => each.interface === wanted && (!region || (each.region_id ?? each.region) === region));
    if (!found)
      throw new Error(`OpenStack has no ${wanted} endpoint of the service "${types[0]}"${region ? ` in the region ${region}` : ""}`);
    const url = found.url.replace(/\/+$/, "");
    return url.endsWith(path) ? url : url + path;
  }
}

async function sendWithRetries(request: HttpRequest, tls: CloudSettings["tls"], delays = RETRY_DELAYS): Promise<HttpResponse> {
  const response = await send(request, tls, REQUEST_SECONDS).catch((error: Error) => error);
  if (!(response instanceof Error) && response.status < 400) return response;
  const isTransient = response instanceof Error || response.status >= 500 || response.status === 429;
  const [delay, ...laterDelays] = delays;
  if (!isTransient || delay === undefined) throw failure(request, response);
  await setTimeout(delay * 1000);
  return sendWithRetries(request, tls, laterDelays);
}

function failure(request: HttpRequest, response: HttpResponse | Error): Error {
  if (!(response instanceof Error)) return new OpenStackError(request, response);
  return new Error(`${request.method} ${request.url.split("?")[0]}: ${response.message || String(response)}`, { cause: response });
}

/** Reads the reason from a refusal, like `{"NeutronError": {"message": ...}}`. */
function reason(text: string): string {
  try {
    const [first] = Object.values(JSON.parse(text)) as { message?: string }[];
    return first?.message ?? text.slice(0, 200);
  } catch {
    return text.replace(/<[^>]*>|\s+/g, " ").slice(0, 200);
  }
}
