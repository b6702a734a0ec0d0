import { randomUUID } from "node:crypto";
import type { Answer, ApiRequest, Route } from "../api.ts";
import { Store } from "../store.ts";
import { existing, type NeutronCollection, type NeutronObject, refuse } from "./collection.ts";
import type { Networks } from "./networks.ts";
import type { Port, Ports } from "./ports.ts";

export interface Router extends NeutronObject {
  status: string;
  external_gateway_info: { network_id: string; external_fixed_ips?: object[] } | null;
}

export interface FloatingIp extends NeutronObject {
  floating_network_id: string;
  floating_ip_address: string;
  port_id: string | null;
  fixed_ip_address: string | null;
  router_id: string | null;
  status: string;
}

/** Routers and floating IPs. */
export class Routers {
  readonly routers = new Store<Router>();
  readonly floatingIps = new Store<FloatingIp>();
  readonly #networks: Networks;
  readonly #ports: Ports;
  readonly #projectId: string;

  constructor(networks: Networks, ports: Ports, projectId: string) {
    this.#networks = networks;
    this.#ports = ports;
    this.#projectId = projectId;
  }

  get routerCollection(): NeutronCollection<Router> {
    return {
      path: "routers",
      singular: "router",
      store: this.routers,
      make: (input) => this.#router(input),
      remove: ({ id }) => {
        if (this.#ports.ofDevice(id).some(isInterface)) throw refuse(409, "RouterInUse", `Router ${id} still has ports`);
        for (const gateway of this.#ports.ofDevice(id)) this.#ports.drop(gateway);
      },
    };
  }

  get floatingIpCollection(): NeutronCollection<FloatingIp> {
    return {
      path: "floatingips",
      singular: "floatingip",
      store: this.floatingIps,
      make: (input) => this.#floatingIp(input),
      remove: ({ floating_network_id, floating_ip_address }) => {
        const subnet = this.#networks.subnetsOf(floating_network_id)[0]!;
        this.#networks.releaseAddress(subnet.id, floating_ip_address);
      },
      more: ({ port_id }) => {
        const port = this.#ports.store.get(port_id ?? "");
        return {
          status: port ? "ACTIVE" : "DOWN",
          port_id: port?.id ?? null,
          fixed_ip_address: port?.fixed_ips[0]?.ip_address ?? null,
          router_id: port ? this.#routerOf(port) : null,
        };
      },
    };
  }

  /** Routes to connect subnets to a router. */
  get interfaceRoutes(): Route[] {
    const route = (action: string, handle: (router: Router, request: ApiRequest) => Answer): Route => ({
      service: "network",
      method: "PUT",
      pattern: `/network/v2.0/routers/{id}/${action}`,
      handle: (request) => handle(existing(this.routerCollection, request.params.id ?? ""), request),
    });
    return [
      route("add_router_interface", (router, request) => this.#link(router, request)),
      route("remove_router_interface", (router, request) => this.#unlink(router, request)),
    ];
  }

  #router(input: Partial<Router>): Router {
    const id = randomUUID();
    const gateway = input.external_gateway_info ?? null;
    if (gateway)
      this.#ports.make({ network_id: gateway.network_id, device_id: id, device_owner: "network:router_gateway", status: "ACTIVE" });
    return {
      id,
      name: "",
      description: "",
      tags: [],
      admin_state_up: true,
      distributed: false,
      ha: false,
      routes: [],
      availability_zones: ["nova"],
      availability_zone_hints: [],
      project_id: this.#projectId,
      tenant_id: this.#projectId,
      ...input,
      status: "ACTIVE",
      external_gateway_info: gateway && { enable_snat: true, external_fixed_ips: [], ...gateway },
    } as Router;
  }

  #link({ id }: Router, { body }: ApiRequest): Answer {
    const { subnet_id } = body as { subnet_id?: string };
    const subnet = existing({ store: this.#networks.subnets, singular: "subnet" }, subnet_id ?? "");
    const gateway = subnet.gateway_ip ?? undefined;
    const port = this.#ports.make({
      network_id: subnet.network_id,
      fixed_ips: [{ subnet_id: subnet.id, ...(gateway ? { ip_address: gateway } : {}) }] as Port["fixed_ips"],
      device_id: id,
      device_owner: "network:router_interface",
      status: "ACTIVE",
    });
    return this.#interface(id, port, subnet.id);
  }

  #unlink({ id }: Router, { body }: ApiRequest): Answer {
    const { subnet_id, port_id } = body as { subnet_id?: string; port_id?: string };
    const isWanted = (port: Port) => port.id === port_id || port.fixed_ips.some((ip) => ip.subnet_id === subnet_id);
    const port = this.#ports.ofDevice(id).find((each) => isInterface(each) && isWanted(each));
    if (!port) throw refuse(404, "RouterInterfaceNotFoundForSubnet", `Router ${id} has no interface on subnet ${subnet_id}`);
    if (this.floatingIps.all.some((each) => this.#ports.store.get(each.port_id ?? "")?.network_id === port.network_id))
      throw refuse(409, "RouterInterfaceInUseByFloatingIP", `Router interface for subnet ${subnet_id} on router ${id} cannot be deleted`);
    this.#ports.drop(port);
    return this.#interface(id, port, port.fixed_ips[0]!.subnet_id);
  }

  #interface(id: string, port: Port, subnetId: string): Answer {
    const owner = { tenant_id: this.#projectId, project_id: this.#projectId };
    return {
      status: 200,
      body: { id, ...owner, port_id: port.id, network_id: port.network_id, subnet_id: subnetId, subnet_ids: [subnetId] },
    };
  }

  /** Returns the id of the router that connects a port's network to the outside. */
  #routerOf({ network_id }: Port): string | null {
    return this.#ports.store.all.find((each) => isInterface(each) && each.network_id === network_id)?.device_id ?? null;
  }

  #floatingIp(input: Partial<FloatingIp>): FloatingIp {
    const subnet = this.#networks.subnetsOf(input.floating_network_id ?? "")[0];
    if (!subnet) throw refuse(404, "NetworkNotFound", `Network ${input.floating_network_id} could not be found.`);
    return {
      id: randomUUID(),
      name: "",
      description: "",
      tags: [],
      dns_name: "",
      dns_domain: "",
      project_id: this.#projectId,
      tenant_id: this.#projectId,
      port_id: null,
      ...input,
      floating_ip_address: this.#networks.takeAddress(subnet.id),
    } as unknown as FloatingIp;
  }
}

function isInterface({ device_owner }: Port): boolean {
  return device_owner === "network:router_interface";
}
