import { randomUUID } from "node:crypto";
import { Addresses } from "../addresses.ts";
import { Store } from "../store.ts";
import { checkQuota, type NeutronCollection, type NeutronObject, refuse } from "./collection.ts";

export interface Network extends NeutronObject {
  status: string;
  admin_state_up: boolean;
  shared: boolean;
  "router:external": boolean;
}

export interface Subnet extends NeutronObject {
  network_id: string;
  cidr: string;
  ip_version: number;
  gateway_ip: string | null;
}

/** Networks and subnets, with the addresses of the subnets. */
export class Networks {
  readonly networks = new Store<Network>();
  readonly subnets = new Store<Subnet>();
  readonly #addresses = new Map<string, Addresses>();
  readonly #projectId: string;
  /** Counts the ports on a subnet, or on a network. */
  portsOn: (id: string) => number = () => 0;

  constructor(projectId: string) {
    this.#projectId = projectId;
  }

  /** @param limit the project's quota of networks */
  networkCollection(limit: number): NeutronCollection<Network> {
    return {
      path: "networks",
      singular: "network",
      store: this.networks,
      make: (input) => {
        checkQuota("network", limit, this.networks.all.filter((each) => !each["router:external"]).length);
        return this.makeNetwork(input);
      },
      remove: ({ id }) => {
        if (this.portsOn(id) > 0)
          throw refuse(409, "NetworkInUse", `Unable to complete operation on network ${id}. There are one or more ports still in use.`);
        for (const subnet of this.subnetsOf(id)) this.#removeSubnet(subnet);
      },
      more: ({ id }) => ({ subnets: this.subnetsOf(id).map((subnet) => subnet.id) }),
    };
  }

  subnetCollection(): NeutronCollection<Subnet> {
    return {
      path: "subnets",
      singular: "subnet",
      store: this.subnets,
      make: (input) => this.makeSubnet(input),
      remove: (subnet) => {
        if (this.portsOn(subnet.id) > 0)
          throw refuse(409, "SubnetInUse", `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation.`);
        this.#removeSubnet(subnet);
      },
    };
  }

  makeNetwork(input: Partial<Network>): Network {
    return {
      id: randomUUID(),
      name: "",
      status: "ACTIVE",
      admin_state_up: true,
      shared: false,
      "router:external": false,
      ...this.#common(),
      mtu: 1450,
      port_security_enabled: true,
      availability_zones: ["nova"],
      availability_zone_hints: [],
      ...input,
    } as Network;
  }

  makeSubnet(input: Partial<Subnet>): Subnet {
    const { network_id, cidr } = input;
    if (!network_id || !this.networks.get(network_id)) throw refuse(404, "NetworkNotFound", `Network ${network_id} could not be found.`);
    if (!cidr) throw refuse(400, "BadRequest", "Bad subnets request: a subnetpool must be specified in the absence of a cidr.");
    const addresses = new Addresses(cidr);
    const subnet = {
      id: randomUUID(),
      name: "",
      ...this.#common(),
      enable_dhcp: true,
      gateway_ip: addresses.gateway,
      allocation_pools: [addresses.pool],
      dns_nameservers: [],
      host_routes: [],
      service_types: [],
      ipv6_address_mode: null,
      ipv6_ra_mode: null,
      subnetpool_id: null,
      ...input,
    } as unknown as Subnet;
    this.#addresses.set(subnet.id, addresses);
    return subnet;
  }

  subnetsOf(networkId: string): Subnet[] {
    return this.subnets.all.filter((subnet) => subnet.network_id === networkId);
  }

  /** Takes an address of a subnet, or throws a refusal. */
  takeAddress(subnetId: string, wanted?: string): string {
    const address = this.#addresses.get(subnetId)?.take(wanted);
    if (address !== undefined) return address;
    if (wanted === undefined) throw refuse(409, "IpAddressGenerationFailure", `No more IP addresses available on subnet ${subnetId}.`);
    throw refuse(409, "IpAddressAlreadyAllocated", `IP address ${wanted} already allocated in subnet ${subnetId}.`);
  }

  releaseAddress(subnetId: string, address: string): void {
    this.#addresses.get(subnetId)?.release(address);
  }

  #removeSubnet({ id }: Subnet): void {
    this.subnets.delete(id);
    this.#addresses.delete(id);
  }

  #common() {
    const time = "2026-01-01T00:00:00Z";
    const owner = { project_id: this.#projectId, tenant_id: this.#projectId };
    return { description: "", tags: [], ...owner, revision_number: 1, created_at: time, updated_at: time };
  }
}
