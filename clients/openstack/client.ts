import { setTimeout } from "node:timers/promises";
import type { CloudSettings } from "./cloud-settings.ts";
import { tokenRequest } from "./token-request.ts";
import { type HttpRequest, type HttpResponse, send } from "./transport.ts";

/** Services of OpenStack that are used: their types in the catalogue, the path of their API, and the version asked for. */
const SERVICES = {
  // 2.26 filters servers by tags, 2.47 has the whole flavor in each server (Nova's REST API version history).
  compute: { types: ["compute"], path: "", headers: { "OpenStack-API-Version": "compute 2.47" } },
  network: { types: ["network"], path: "/v2.0", headers: {} },
  volume: { types: ["block-storage", "volumev3"], path: "", headers: {} },
  loadBalancer: { types: ["load-balancer"], path: "/v2/lbaas", headers: {} },
  dns: { types: ["dns"], path: "/v2", headers: {} },
} as const;

export type Service = keyof typeof SERVICES;

/** Seconds for one request, and the pauses before it is tried again when the service does not answer properly. */
const REQUEST_SECONDS = 60;
const PAUSES = [0.5, 1, 2, 4];

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; region_id?: string; region?: string; url: string }[];
}

/** A part of a collection. Designate says in `links` where the next one is, the others beside the collection, under its name. */
type Page = Record<string, unknown[]> & { links?: { next?: string } };

/** What Keystone says about a token. */
interface TokenBody {
  catalog?: CatalogEntry[];
  project?: { id: string };
}

/** A request that OpenStack refused. */
export class OpenStackError extends Error {
  readonly status: number;

  constructor(request: HttpRequest, { status, text }: HttpResponse) {
    super(`${request.method} ${request.url.split("?")[0]}: ${status} ${reason(text)}`);
    this.name = "OpenStackError";
    this.status = status;
  }
}

/** An OpenStack project, signed in. */
export class OpenStack {
  /** Id of the project that the credentials are for. */
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
    const { headers, text } = await sendPersistently(request, settings.tls);
    return new OpenStack(settings, String(headers["x-subject-token"]), JSON.parse(text).token);
  }

  /** Whether the cloud has a service. */
  has(service: Service): boolean {
    return this.#entries(service).length > 0;
  }

  /**
   * Asks a service for something, and again when it does not answer properly; throws OpenStackError when it refuses.
   * What is created by POST could be created twice, so there is none.
   */
  request<T>(service: Service, method: "GET" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
    return this.#send<T>(service, method, path, body);
  }

  async #send<T>(service: Service, method: HttpRequest["method"], path: string, body?: unknown): Promise<T> {
    const headers = { ...SERVICES[service].headers, "X-Auth-Token": this.#token };
    const { text } = await sendPersistently({ method, url: this.#endpoint(service) + path, headers, body }, this.#settings.tls);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** What a server has printed on its console: the one thing that is asked for by POST. */
  async consoleOutput(serverId: string): Promise<string> {
    const body = { "os-getConsoleOutput": {} };
    return (await this.#send<{ output: string | null }>("compute", "POST", `/servers/${serverId}/action`, body)).output ?? "";
  }

  /** All objects of a collection that a query finds, page after page. */
  async list<T extends object>(service: Service, path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const { links, ...answer } = await this.request<Page>(service, "GET", `${path}?${new URLSearchParams(query)}`);
    const [key = "", found = []] = Object.entries(answer).find(([name, value]) => Array.isArray(value) && !name.endsWith("_links")) ?? [];
    const hasMore = links?.next || (answer[`${key}_links`] as { rel: string }[] | undefined)?.some(({ rel }) => rel === "next");
    const last = found.at(-1) as { id?: string } | undefined;
    // The address in the link may be one that only the service knows.
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

async function sendPersistently(request: HttpRequest, tls: CloudSettings["tls"], pauses = PAUSES): Promise<HttpResponse> {
  const response = await send(request, tls, REQUEST_SECONDS).catch((error: Error) => error);
  if (!(response instanceof Error) && response.status < 400) return response;
  const mayPass = response instanceof Error || response.status >= 500 || response.status === 429;
  const [pause, ...later] = pauses;
  if (!mayPass || pause === undefined) throw failure(request, response);
  await setTimeout(pause * 1000);
  return sendPersistently(request, tls, later);
}

function failure(request: HttpRequest, response: HttpResponse | Error): Error {
  if (!(response instanceof Error)) return new OpenStackError(request, response);
  return new Error(`${request.method} ${request.url.split("?")[0]}: ${response.message || String(response)}`, { cause: response });
}

/** What a service says about its refusal: `{"NeutronError": {"message": ...}}` and the like. */
function reason(text: string): string {
  try {
    const [first] = Object.values(JSON.parse(text)) as { message?: string }[];
    return first?.message ?? text.slice(0, 200);
  } catch {
    return text.replace(/<[^>]*>|\s+/g, " ").slice(0, 200);
  }
}
