import type { Answer, ApiRequest, Route } from "../api.ts";
import type { Volumes } from "../cinder/volumes.ts";
import { Attachments } from "./attachments.ts";
import { Flavors } from "./flavors.ts";
import { Keypairs } from "./keypairs.ts";
import { microversion } from "./microversion.ts";
import { Resizes } from "./resizes.ts";
import { type Server, shown } from "./server.ts";
import { ServerGroups } from "./server-groups.ts";
import { type NovaParts, Servers } from "./servers.ts";

interface Owner {
  projectId: string;
  userId: string;
}

/** Parts of which Nova is made. */
interface Parts extends Omit<NovaParts, "flavors" | "keypairs" | "groups" | "attachments"> {
  volumes: Volumes;
  /** Called at each change of the status of a server during its resize. */
  onResize: (server: Server) => void;
  /** Console output of a server. */
  consoleOf: (server: Server) => string;
}

/** Nova: servers, flavors, keypairs, groups and limits. */
export class Nova {
  readonly flavors: Flavors;
  readonly keypairs: Keypairs;
  readonly groups: ServerGroups;
  readonly servers: Servers;
  readonly #attachments: Attachments;
  readonly #resizes: Resizes;
  readonly #parts: Parts;
  readonly #owner: Owner;

  constructor(parts: Parts, owner: Owner) {
    this.#parts = parts;
    this.#owner = owner;
    this.flavors = new Flavors(parts.settings.flavors);
    this.keypairs = new Keypairs(owner);
    this.groups = new ServerGroups(owner.projectId, owner.userId, parts.settings.quota.serverGroupMembers);
    const find = (request: ApiRequest) => this.#of(request);
    this.#attachments = new Attachments(parts.volumes, find);
    const { clock, settings, onResize: onStatus } = parts;
    this.#resizes = new Resizes({ clock, flavors: this.flavors, seconds: settings.resizeSeconds, find, onStatus });
    this.servers = new Servers({
      ...parts,
      flavors: this.flavors,
      keypairs: this.keypairs,
      groups: this.groups,
      attachments: this.#attachments,
    });
  }

  get routes(): Route[] {
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "compute", method, pattern: `/compute/v2.1${rest}`, handle };
    };
    return [
      route("GET", "/servers", ({ query }) => ({
        status: 200,
        body: { servers: this.#matching(query).map(({ id, name }) => ({ id, name, links: [] })) },
      })),
      route("GET", "/servers/detail", (request) => ({
        status: 200,
        body: { servers: this.#matching(request.query).map((server) => this.#shown(server, request)) },
      })),
      route("POST", "/servers", (request) => this.#created(this.servers.create(request))),
      route("GET", "/servers/{id}", (request) => ({ status: 200, body: { server: this.#shown(this.#of(request), request) } })),
      route("DELETE", "/servers/{id}", (request) => {
        this.servers.remove(this.#of(request));
        return { status: 204 };
      }),
      route("POST", "/servers/{id}/action", (request) => this.#act(request)),
      route("GET", "/servers/{id}/tags", (request) => ({ status: 200, body: { tags: this.#of(request).tags } })),
      route("GET", "/limits", () => ({ status: 200, body: { limits: { rate: [], absolute: this.#limits() } } })),
      ...this.#attachments.routes,
      ...this.flavors.routes,
      ...this.keypairs.routes,
      ...this.groups.routes,
    ];
  }

  #act(request: ApiRequest): Answer {
    if (!("os-getConsoleOutput" in ((request.body ?? {}) as object))) return this.#resizes.act(request);
    return { status: 200, body: { output: this.#parts.consoleOf(this.#of(request)) } };
  }

  #of({ params: { id = "" } }: ApiRequest): Server {
    return this.servers.find(id);
  }

  #created({ id, securityGroups }: Server): Answer {
    const security_groups = securityGroups.map((name) => ({ name }));
    return { status: 202, body: { server: { id, links: [], "OS-DCF:diskConfig": "MANUAL", security_groups, adminPass: "x".repeat(12) } } };
  }

  #shown(server: Server, request: ApiRequest): object {
    const { ports, networks } = this.#parts.neutron;
    const owner = { tenant_id: this.#owner.projectId, user_id: this.#owner.userId };
    const own = server.status === "BUILD" ? [] : ports.ofDevice(server.id);
    return shown(server, microversion(request), own, networks, owner);
  }

  /** Finds servers. Nova takes names as regular expressions, and requires all given tags. */
  #matching(query: URLSearchParams): Server[] {
    const [name, status, tags] = ["name", "status", "tags"].map((key) => query.get(key));
    const after = query.get("marker");
    const all = this.servers.store.all;
    const rest = after === null ? all : all.slice(all.findIndex(({ id }) => id === after) + 1);
    return rest.filter(
      (server) =>
        (!name || new RegExp(name).test(server.name)) &&
        (!status || server.status === status.toUpperCase()) &&
        (!tags || tags.split(",").every((tag) => server.tags.includes(tag))),
    );
  }

  #limits(): Record<string, number> {
    const { quota } = this.#parts.settings;
    const { instances, cores, ram } = this.servers.used;
    return {
      maxTotalInstances: quota.instances,
      totalInstancesUsed: instances,
      maxTotalCores: quota.cores,
      totalCoresUsed: cores,
      maxTotalRAMSize: quota.ram,
      totalRAMUsed: ram,
      maxTotalKeypairs: 100,
      maxServerGroups: -1,
      totalServerGroupsUsed: this.groups.store.size,
      maxServerGroupMembers: quota.serverGroupMembers,
    };
  }
}
