import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type FakeObject = Record<string, unknown>;

/** Creation time of servers, addresses and volumes that tests add without one. */
export const MADE = "2026-11-27T12:00:00Z";
const CHANGED = { created_at: MADE, updated_at: MADE };
const TIMES: Record<string, FakeObject> = { servers: { created: MADE }, floatingips: CHANGED, volumes: CHANGED };

/** Collections by path, with the key under which each is listed. */
const COLLECTIONS: Record<string, string> = {
  "/dns/v2/recordsets": "recordsets",
  "/dns/v2/zones": "zones",
  "/dns/v2/zones/z1/recordsets": "recordsets",
  "/compute/flavors": "flavors",
  "/compute/os-availability-zone": "availabilityZoneInfo",
  "/compute/os-server-groups": "server_groups",
  "/compute/servers": "servers",
  "/image/v2/images": "images",
  "/load-balancer/v2/lbaas/healthmonitors": "healthmonitors",
  "/load-balancer/v2/lbaas/listeners": "listeners",
  "/load-balancer/v2/lbaas/loadbalancers": "loadbalancers",
  "/load-balancer/v2/lbaas/pools": "pools",
  "/network/v2.0/floatingips": "floatingips",
  "/network/v2.0/networks": "networks",
  "/network/v2.0/ports": "ports",
  "/network/v2.0/routers": "routers",
  "/network/v2.0/security-groups": "security_groups",
  "/network/v2.0/security-group-rules": "security_group_rules",
  "/network/v2.0/subnets": "subnets",
  "/volumev3/os-availability-zone": "availabilityZoneInfo",
  "/volumev3/types": "volume_types",
  "/volumev3/volumes": "volumes",
};

/** Id of the project of all users. */
export const PROJECT_ID = "8f14e45fceea167a5a36dedd4bea2543";

/** Parts of OpenStack that the library's own client uses, with objects that tests add. */
export class FakeOpenStack {
  /** Objects by the keys under which they are listed. */
  readonly objects: Record<string, FakeObject[]> = {};
  /** Answers at other paths. */
  readonly answers = new Map<string, unknown>();
  /** Types of the services in the catalogue. The path of each is its type. */
  services = ["compute", "image", "network", "volumev3", "load-balancer", "dns"];
  /** Most objects of an answer. A link leads to the rest. */
  pageSize = Number.POSITIVE_INFINITY;
  /** Console outputs of servers by id. Servers without one have no console log. */
  readonly consoles = new Map<string, string>();
  /** Requests so far: "DELETE /network/v2.0/ports/1". */
  readonly requests: string[] = [];
  /** Bodies of the requests for a token. */
  readonly signIns: unknown[] = [];
  /** Statuses with which the next requests to a path are refused. */
  readonly refusals = new Map<string, number[]>();
  /** Called at each request before it is answered. */
  onRequest: (request: string) => void = () => {};
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names of all objects, or ids of those without a name. */
  get names(): unknown[] {
    return Object.values(this.objects).flatMap((objects) => objects.map(({ name, id }) => name ?? id));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    this.requests.push(`${request.method} ${pathname}`);
    this.onRequest(`${request.method} ${pathname}`);

    const refusal = this.refusals.get(pathname)?.shift();
    const [status, answer] = refusal ? [refusal, error("refused by the test")] : this.#handle(request.method, pathname, searchParams, body);
    response.writeHead(status, { "X-Subject-Token": "token-of-the-test" }).end(answer === undefined ? "" : JSON.stringify(answer));
  }

  #handle(method = "GET", path: string, query: URLSearchParams, body: unknown): [number, unknown?] {
    if (path === "/v3/auth/tokens") return this.#signIn(body);
    const [, consoleOf = ""] = /^\/compute\/servers\/(.*)\/action$/.exec(path) ?? [];
    if (method === "POST" && consoleOf) {
      const output = this.consoles.get(consoleOf);
      return output === undefined ? [404, error("no console")] : [200, { output }];
    }
    if (path.endsWith("/remove_router_interface")) return this.#remove("ports", (body as { port_id: string }).port_id);
    const listed = COLLECTIONS[path.replace(/\/detail$/, "")];
    if (listed) return [200, this.#page(listed, query)];
    if (this.answers.has(path)) return [200, this.answers.get(path)];
    const [, collection = "", id = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const key = COLLECTIONS[collection] ?? "";
    if (method === "DELETE") return this.#remove(key, id);
    return this.#find(key, id) ? [200, {}] : [404, error("not found")];
  }

  #signIn(body: unknown): [number, unknown] {
    this.signIns.push(body);
    const endpoint = (path: string) => [{ interface: "public", region_id: "RegionOne", url: this.url + path }];
    const catalog = this.services.map((type) => ({ type, endpoints: endpoint(`/${type}`) }));
    return [201, { token: { catalog, project: { id: PROJECT_ID } } }];
  }

  #page(key: string, query: URLSearchParams): unknown {
    const found = (this.objects[key] ?? []).filter((object) => [...query].every(([name, wanted]) => matches(key, object, name, wanted)));
    const start = found.findIndex(({ id }) => id === query.get("marker")) + 1;
    const page = found.slice(start, start + this.pageSize);
    const next = "http://inside.invalid/";
    const hasMore = start + page.length < found.length;
    // Designate's answers begin with links and numbers.
    if (key === "recordsets") return { links: hasMore ? { next } : {}, metadata: { total_count: found.length }, recordsets: page };
    const links = hasMore ? { [`${key}_links`]: [{ rel: "next", href: next }] } : {};
    return { ...links, [key]: page.map((object) => ({ ...TIMES[key], ...object })) };
  }

  #find(key: string, id: string): FakeObject | undefined {
    return this.objects[key]?.find((object) => object.id === id);
  }

  #remove(key: string, id: string): [number, unknown?] {
    const object = this.#find(key, id);
    if (!object) return [404, error("not found")];
    this.objects[key] = this.objects[key]!.filter((each) => each !== object);
    return [204];
  }
}

/**
 * Returns whether an object matches a query. Nova takes names as regular expressions, Neutron takes them literally, and fixed_ips has its
 * own syntax.
 */
function matches(key: string, object: FakeObject, name: string, wanted: string): boolean {
  if (["marker", "fields", "limit"].includes(name)) return true;
  if (name === "tags") return Array.isArray(object.tags) && object.tags.includes(wanted);
  if (key === "servers" && name === "name") return new RegExp(wanted).test(String(object.name));
  if (name === "fixed_ips") return wanted === `subnet_id=${object.subnet_id}`;
  return String(object[name] ?? "") === wanted;
}

function error(message: string): object {
  return { NeutronError: { message } };
}
