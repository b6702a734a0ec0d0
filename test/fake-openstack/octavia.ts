import { randomUUID } from "node:crypto";
import { type ApiRequest, given, Refusal, type Route } from "./api.ts";
import type { Clock } from "./clock.ts";
import type { Neutron } from "./neutron/neutron.ts";
import type { CloudSettings } from "./settings.ts";
import { Store } from "./store.ts";

interface LoadBalancerPart {
  id: string;
  provisioning_status: string;
  [attribute: string]: unknown;
}

/** Owner of an object in a request. */
interface Ownership {
  vip_subnet_id?: string;
  provider?: string;
  loadbalancer_id?: string;
  listener_id?: string;
  pool_id?: string;
}

/** Kinds of objects, with the attribute that names their owner. */
const KINDS = {
  loadbalancer: undefined,
  listener: "loadbalancer_id",
  pool: "loadbalancer_id",
  healthmonitor: "pool_id",
  member: "pool_id",
} as const;

type Kind = keyof typeof KINDS;

/** Octavia: load balancers that forward no traffic, but become ACTIVE a while after each change. */
export class Octavia {
  readonly #stores = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, new Store()])) as Record<Kind, Store<LoadBalancerPart>>;
  readonly #neutron: Neutron;
  readonly #clock: Clock;
  readonly #projectId: string;
  readonly #seconds: number;
  readonly #defaultProvider: string;

  constructor(neutron: Neutron, clock: Clock, projectId: string, { loadBalancerSeconds: seconds, loadBalancerProvider }: CloudSettings) {
    this.#neutron = neutron;
    this.#clock = clock;
    this.#projectId = projectId;
    this.#seconds = seconds;
    this.#defaultProvider = loadBalancerProvider;
  }

  get loadBalancers(): number {
    return this.#stores.loadbalancer.size;
  }

  /** The first object of each kind. */
  get parts(): Partial<Record<Kind, LoadBalancerPart>> {
    return Object.fromEntries(Object.entries(this.#stores).map(([kind, store]) => [kind, store.all[0]]));
  }

  get routes(): Route[] {
    const kinds: Kind[] = ["loadbalancer", "listener", "pool", "healthmonitor"];
    // Clients write the version differently.
    return ["v2.0", "v2"].flatMap((version) => {
      const prefix = `/load-balancer/${version}/lbaas`;
      return [
        ...kinds.flatMap((kind) => this.#collection(kind, `${prefix}/${kind}s`)),
        ...this.#collection("member", `${prefix}/pools/{pool}/members`),
        this.#membersRoute(`${prefix}/pools/{pool}/members`),
        {
          service: "load-balancer" as const,
          method: "GET",
          pattern: `${prefix}/quotas/{project}`,
          handle: () => ({ status: 200, body: { quota: { load_balancer: -1 } } }),
        },
      ];
    });
  }

  #collection(kind: Kind, path: string): Route[] {
    const store = this.#stores[kind];
    const route = (method: string, rest: string, handle: Route["handle"]): Route => {
      return { service: "load-balancer", method, pattern: path + rest, handle };
    };
    const inPool =
      ({ params }: ApiRequest) =>
      (part: LoadBalancerPart) =>
        !params.pool || part.pool_id === params.pool;
    return [
      route("GET", "", (request) => ({ status: 200, body: { [`${kind}s`]: store.matching(request.query).filter(inPool(request)) } })),
      route("POST", "", (request) => ({ status: 201, body: { [kind]: this.#make(kind, given("load-balancer", request, kind), request) } })),
      route("GET", "/{id}", ({ params }) => ({ status: 200, body: { [kind]: this.#find(kind, params.id ?? "") } })),
      route("PUT", "/{id}", (request) => {
        const part = Object.assign(this.#find(kind, request.params.id ?? ""), given<LoadBalancerPart>("load-balancer", request, kind));
        this.#settleLater(part);
        return { status: 200, body: { [kind]: part } };
      }),
      route("DELETE", "/{id}", ({ params }) => {
        this.#remove(kind, this.#find(kind, params.id ?? ""));
        return { status: 204 };
      }),
    ];
  }

  /** Makes the route that replaces all members of a pool at once. */
  #membersRoute(pattern: string): Route {
    return {
      service: "load-balancer",
      method: "PUT",
      pattern,
      handle: (request) => {
        for (const part of this.#stores.member.all) if (part.pool_id === request.params.pool) this.#stores.member.delete(part.id);
        const { members = [] } = request.body as { members?: object[] };
        for (const member of members) this.#make("member", member, request);
        return { status: 202 };
      },
    };
  }

  #make(kind: Kind, input: object, { params }: ApiRequest): LoadBalancerPart {
    const id = randomUUID();
    const owner = { project_id: this.#projectId, tenant_id: this.#projectId };
    const status = { provisioning_status: "PENDING_CREATE", operating_status: "ONLINE", admin_state_up: true };
    this.#checkOvn(kind, input);
    const place = this.#place(kind, id, { ...input, ...(params.pool ? { pool_id: params.pool } : {}) });
    const part: LoadBalancerPart = { id, name: "", description: "", tags: [], ...owner, ...status, ...input, ...place };
    this.#settleLater(this.#stores[kind].add(part));
    return part;
  }

  /** Refuses what the provider ovn cannot do, with its words (ovn_octavia_provider/driver.py). All load balancers have the same provider here. */
  #checkOvn(kind: Kind, input: { allowed_cidrs?: string[]; lb_algorithm?: string; type?: string }): void {
    if (!this.#stores.loadbalancer.all.some(({ provider }) => provider === "ovn")) return;
    const { allowed_cidrs = [], lb_algorithm, type } = input;
    const cannot = [
      kind === "listener" && allowed_cidrs.length > 0 && "allowed_cidrs option",
      kind === "pool" && lb_algorithm !== "SOURCE_IP_PORT" && `${lb_algorithm} algorithm`,
      kind === "healthmonitor" && type !== "TCP" && `${type} health monitor type`,
    ].find(Boolean);
    if (cannot) throw new Refusal("load-balancer", 501, `Provider 'ovn' does not support a requested option: ${cannot}`);
  }

  /** Returns an object's attributes about its owners. */
  #place(kind: Kind, id: string, input: Ownership): object {
    const { listener_id, pool_id } = input;
    if (kind === "loadbalancer") return this.#address(id, input);
    if (pool_id !== undefined) return { pool_id, ...(kind === "healthmonitor" ? { pools: [{ id: pool_id }] } : {}) };
    const loadbalancer_id = input.loadbalancer_id ?? this.#find("listener", listener_id ?? "").loadbalancer_id;
    const listeners = listener_id === undefined ? {} : { listeners: [{ id: listener_id }] };
    return { loadbalancer_id, loadbalancers: [{ id: loadbalancer_id }], ...(kind === "pool" ? listeners : {}) };
  }

  #address(id: string, { vip_subnet_id, provider }: { vip_subnet_id?: string; provider?: string }): object {
    const { subnets } = this.#neutron.networks;
    const subnet = subnets.get(vip_subnet_id ?? "");
    if (!subnet) throw new Refusal("load-balancer", 400, `Subnet ${vip_subnet_id} not found.`);
    const device = { device_id: `lb-${id}`, device_owner: "Octavia" };
    const port = this.#neutron.ports.make({ network_id: subnet.network_id, ...device });
    return {
      vip_network_id: subnet.network_id,
      vip_port_id: port.id,
      vip_address: port.fixed_ips[0]?.ip_address,
      provider: provider ?? this.#defaultProvider,
    };
  }

  /** Makes an object and its load balancer ACTIVE again a while after a change. */
  #settleLater(part: LoadBalancerPart): void {
    const balancer = this.#stores.loadbalancer.get(String(part.loadbalancer_id ?? ""));
    for (const each of balancer ? [part, balancer] : [part]) {
      if (each.provisioning_status === "ACTIVE") each.provisioning_status = "PENDING_UPDATE";
      this.#clock.after(this.#seconds, () => {
        each.provisioning_status = "ACTIVE";
      });
    }
  }

  #find(kind: Kind, id: string): LoadBalancerPart {
    const found = this.#stores[kind].get(id);
    if (!found) throw new Refusal("load-balancer", 404, `${kind} ${id} not found.`);
    return found;
  }

  /** Removes an object with all objects that it owns. */
  #remove(kind: Kind, { id, vip_port_id }: LoadBalancerPart): void {
    for (const [inner, owner] of Object.entries(KINDS) as [Kind, string | undefined][]) {
      if (owner !== `${kind}_id`) continue;
      for (const part of this.#stores[inner].all) if (part[owner] === id) this.#remove(inner, part);
    }
    const port = this.#neutron.ports.store.get(String(vip_port_id));
    if (port) this.#neutron.ports.drop(port);
    this.#stores[kind].delete(id);
  }
}
