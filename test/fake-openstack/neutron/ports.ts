import { randomUUID } from "node:crypto";
import { Store } from "../store.ts";
import { checkQuota, type NeutronCollection, type NeutronObject, refuse } from "./collection.ts";
import type { Networks } from "./networks.ts";

export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

export interface Port extends NeutronObject {
  network_id: string;
  mac_address: string;
  status: string;
  device_id: string;
  device_owner: string;
  fixed_ips: FixedIp[];
  security_groups: string[];
}

/** Ports, with their addresses. */
export class Ports {
  readonly store = new Store<Port>();
  readonly #networks: Networks;
  readonly #projectId: string;
  readonly #limit: number;
  #lastMac = 0;

  /** @param limit the project's quota of ports */
  constructor(networks: Networks, projectId: string, limit: number) {
    this.#networks = networks;
    this.#projectId = projectId;
    this.#limit = limit;
    networks.portsOn = (id) =>
      this.store.all.filter((port) => port.network_id === id || port.fixed_ips.some(({ subnet_id }) => subnet_id === id)).length;
  }

  get collection(): NeutronCollection<Port> {
    return {
      path: "ports",
      singular: "port",
      store: this.store,
      make: (input) => this.#made(input),
      remove: (port) => {
        if (port.device_owner.startsWith("network:router"))
          throw refuse(
            409,
            "ServicePortInUse",
            `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.device_owner}.`,
          );
        this.#releaseAddresses(port);
      },
    };
  }

  /** Creates a port for another service. */
  make(input: Partial<Port>): Port {
    return this.store.add(this.#made(input));
  }

  /** Removes a port, whatever uses it. */
  drop(port: Port): void {
    this.#releaseAddresses(port);
    this.store.delete(port.id);
  }

  ofDevice(deviceId: string): Port[] {
    return this.store.all.filter((port) => port.device_id === deviceId);
  }

  #made(input: Partial<Port>): Port {
    const network = this.#networks.networks.get(input.network_id ?? "");
    if (!network) throw refuse(404, "NetworkNotFound", `Network ${input.network_id} could not be found.`);
    checkQuota("port", this.#limit, this.store.size);
    return {
      id: randomUUID(),
      name: "",
      description: "",
      tags: [],
      admin_state_up: true,
      status: "DOWN",
      device_id: "",
      device_owner: "",
      mac_address: this.#mac(),
      project_id: this.#projectId,
      tenant_id: this.#projectId,
      security_groups: [],
      allowed_address_pairs: [],
      extra_dhcp_opts: [],
      port_security_enabled: true,
      "binding:vnic_type": "normal",
      ...input,
      fixed_ips: this.#fixedIps(network.id, input.fixed_ips),
    } as Port;
  }

  #fixedIps(networkId: string, wanted?: Partial<FixedIp>[]): FixedIp[] {
    const subnets = this.#networks.subnetsOf(networkId);
    const places = wanted ?? subnets.slice(0, 1).map(({ id }) => ({ subnet_id: id }));
    return places.map(({ subnet_id, ip_address }: Partial<FixedIp>) => {
      const subnet = subnet_id ?? subnets[0]?.id;
      if (!subnet) throw refuse(400, "BadRequest", `Network ${networkId} has no subnet for a fixed IP.`);
      return { subnet_id: subnet, ip_address: this.#networks.takeAddress(subnet, ip_address) };
    });
  }

  #releaseAddresses({ fixed_ips }: Port): void {
    for (const { subnet_id, ip_address } of fixed_ips) this.#networks.releaseAddress(subnet_id, ip_address);
  }

  #mac(): string {
    this.#lastMac += 1;
    const digits = this.#lastMac.toString(16).padStart(6, "0");
    return `fa:16:3e:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`;
  }
}
