import type { CloudSettings } from "./cloud-settings.ts";
import { type Say, sendWithRetries } from "./requests.ts";
import { tokenRequest } from "./token-request.ts";
import type { HttpRequest } from "./transport.ts";

export { OpenStackError } from "./requests.ts";

/**
 * OpenStack services that the library uses: their types in the catalogue, their names in the plugin's `endpointOverrides`, the path of their
 * API, and the version that is requested.
 */
const SERVICES = {
  // 2.26 filters servers by tags. 2.47 returns the whole flavor in each server (Nova's REST API version history).
  compute: { types: ["compute"], override: "compute", path: "", headers: { "OpenStack-API-Version": "compute 2.47" } },
  network: { types: ["network"], override: "network", path: "/v2.0", headers: {} },
  volume: { types: ["block-storage", "volumev3"], override: "volumev3", path: "", headers: {} },
  image: { types: ["image"], override: "image", path: "/v2", headers: {} },
  loadBalancer: { types: ["load-balancer"], override: "octavia", path: "/v2/lbaas", headers: {} },
  dns: { types: ["dns"], override: "dns", path: "/v2", headers: {} },
} as const;

export type Service = keyof typeof SERVICES;

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

/** Client of an OpenStack project, signed in. */
export class OpenStack {
  /** Id of the credentials' project. */
  readonly projectId: string;
  readonly #settings: CloudSettings;
  readonly #say: Say;
  readonly #token: string;
  readonly #catalog: CatalogEntry[];

  private constructor(settings: CloudSettings, say: Say, token: string, { catalog = [], project }: TokenBody) {
    if (!project) throw new Error("the credentials belong to no project; name one by project_name or project_id (tenant_name is not read)");
    this.projectId = project.id;
    this.#settings = settings;
    this.#say = say;
    this.#token = token;
    this.#catalog = catalog;
    this.#checkRegion("compute");
  }

  /**
   * Signs in.
   * @param say receives messages for users: requests that are retried, settings that have no effect. @default nobody
   */
  static async connect(settings: CloudSettings, say: Say = () => {}): Promise<OpenStack> {
    const request: HttpRequest = { method: "POST", url: `${settings.authUrl}/auth/tokens`, body: tokenRequest(settings.auth) };
    const { headers, text } = await sendWithRetries(request, settings.tls, say);
    for (const remark of settings.remarks) say(remark);
    return new OpenStack(settings, say, String(headers["x-subject-token"]), JSON.parse(text).token);
  }

  /** Returns whether the cloud has a service, in the region and with the interface that are used. */
  has(service: Service): boolean {
    return this.#override(service) !== undefined || this.#endpoints(service).length > 0;
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
    const url = this.#endpoint(service) + path;
    const { text } = await sendWithRetries({ method, url, headers, body }, this.#settings.tls, this.#say);
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

  /** Refuses several regions of which none is chosen: the plugin would take the first of the catalogue, whose order is nobody's choice. */
  #checkRegion(service: Service): void {
    const regions = [...new Set(this.#endpoints(service).map((each) => each.region_id ?? each.region))];
    if (this.#settings.region || regions.length < 2) return;
    const where = "region_name in clouds.yaml, OS_REGION_NAME or openstack:region";
    throw new Error(`OpenStack has the regions ${regions.join(", ")}; name one: ${where}`);
  }

  #endpoints(service: Service): CatalogEntry["endpoints"] {
    const { region, interface: wanted } = this.#settings;
    const types: readonly string[] = SERVICES[service].types;
    const endpoints = this.#catalog.filter(({ type }) => types.includes(type)).flatMap((entry) => entry.endpoints);
    return endpoints.filter((each) => each.interface === wanted && (!region || each.region === region || each.region_id === region));
  }

  #override(service: Service): string | undefined {
    return this.#settings.endpointOverrides[SERVICES[service].override];
  }

  #endpoint(service: Service): string {
    const { types, path } = SERVICES[service];
    const override = this.#override(service);
    if (override) return override.replace(/\/+$/, "");
    const url = this.#catalogueUrl(service, types[0]).replace(/\/+$/, "");
    return url.endsWith(path) ? url : url + path;
  }

  #catalogueUrl(service: Service, type: string): string {
    const { region, interface: wanted } = this.#settings;
    const found = this.#endpoints(service);
    this.#checkRegion(service);
    if (found[0]) return found[0].url;
    throw new Error(
      `OpenStack has no ${wanted} endpoint of the service "${type}"${region ? ` in the region ${region}` : ""}; \`openstack catalog list\` shows those that there are`,
    );
  }
}
