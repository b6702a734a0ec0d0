import type { Route } from "../api.ts";
import type { Quota } from "../settings.ts";
import { collectionRoutes } from "./collection.ts";
import { Networks } from "./networks.ts";
import { Ports } from "./ports.ts";
import { Routers } from "./routers.ts";
import { SecurityGroups } from "./security-groups.ts";

/** Neutron, with an external network called "public" as on devcloud. */
export class Neutron {
  readonly networks: Networks;
  readonly ports: Ports;
  readonly routers: Routers;
  readonly securityGroups: SecurityGroups;
  readonly #quota: Quota;

  constructor(projectId: string, quota: Quota) {
    this.#quota = quota;
    this.networks = new Networks(projectId);
    this.ports = new Ports(this.networks, projectId, quota.ports);
    this.routers = new Routers(this.networks, this.ports, projectId);
    this.securityGroups = new SecurityGroups(this.ports, projectId, quota.securityGroupRules);

    const { networks, subnets } = this.networks;
    const { id } = networks.add(this.networks.makeNetwork({ name: "public", "router:external": true }));
    subnets.add(this.networks.makeSubnet({ name: "public", network_id: id, cidr: "172.24.4.0/22", ip_version: 4 }));
  }

  get routes(): Route[] {
    return [
      ...collectionRoutes(this.networks.networkCollection(this.#quota.networks)),
      ...collectionRoutes(this.networks.subnetCollection()),
      ...collectionRoutes(this.ports.collection),
      ...collectionRoutes(this.routers.routerCollection),
      ...this.routers.interfaceRoutes,
      ...collectionRoutes(this.routers.floatingIpCollection),
      ...collectionRoutes(this.securityGroups.groupCollection),
      ...collectionRoutes(this.securityGroups.ruleCollection),
      { service: "network", method: "GET", pattern: "/network/v2.0/quotas/{project}/details.json", handle: () => this.#quotas() },
    ];
  }

  #quotas() {
    const detail = (limit: number, used: number) => ({ limit, used, reserved: 0 });
    const quota = {
      network: detail(this.#quota.networks, this.networks.networks.all.filter((each) => !each["router:external"]).length),
      subnet: detail(-1, this.networks.subnets.size - 1),
      router: detail(-1, this.routers.routers.size),
      port: detail(this.#quota.ports, this.ports.store.size),
      floatingip: detail(-1, this.routers.floatingIps.size),
      security_group: detail(-1, this.securityGroups.groups.size),
      security_group_rule: detail(this.#quota.securityGroupRules, this.securityGroups.rules.size),
    };
    return { status: 200, body: { quota } };
  }
}
