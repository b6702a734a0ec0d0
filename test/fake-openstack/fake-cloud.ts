import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RouteTable } from "./api.ts";
import { Calls } from "./calls.ts";
import { Cinder } from "./cinder/cinder.ts";
import { Clock } from "./clock.ts";
import { type FaultSettings, Faults } from "./faults.ts";
import { Glance } from "./glance.ts";
import { Keystone } from "./keystone.ts";
import { Neutron } from "./neutron/neutron.ts";
import { Nova } from "./nova/nova.ts";
import type { Server as NovaServer } from "./nova/server.ts";
import { Octavia } from "./octavia.ts";
import { type CloudSettings, DEVCLOUD } from "./settings.ts";
import { httpServer } from "./transport.ts";

export interface FakeCloudOptions {
  /** Behaviour of the cloud. @default as devcloud */
  settings?: Partial<CloudSettings>;
  /** Faults. @default none */
  faults?: Partial<FaultSettings>;
  /** Seed that decides which calls and servers have faults. @default 1 */
  seed?: number;
  /** Milliseconds since 1970. @default the machine's clock */
  time?: () => number;
  /** Called at each change of the status of a server during its resize. @default nothing */
  onResize?: (server: NovaServer) => void;
}

/** OpenStack in memory, with the parts that Pulumi's OpenStack plugin and this library use. It is only for scale and faults. */
export class FakeCloud {
  readonly faults: Faults;
  readonly calls = new Calls();
  readonly keystone: Keystone;
  readonly glance: Glance;
  readonly neutron: Neutron;
  readonly cinder: Cinder;
  readonly nova: Nova;
  readonly octavia: Octavia;
  /** Returns the console output of a server; empty without hollow machines for the servers. */
  consoleOf: (server: NovaServer) => string = () => "";
  readonly #clock: Clock;
  readonly #http: Server;

  constructor({ settings: changes = {}, faults = {}, seed = 1, time = Date.now, onResize = () => {} }: FakeCloudOptions = {}) {
    const settings = { ...DEVCLOUD, ...changes };
    this.#clock = new Clock(time);
    this.faults = new Faults(faults, seed);
    this.keystone = new Keystone(this.#clock, settings.tokenSeconds, () => this.url);
    this.glance = new Glance(settings.images);
    this.neutron = new Neutron(this.keystone.projectId, settings.quota);
    this.octavia = new Octavia(this.neutron, this.#clock, this.keystone.projectId, settings);
    this.cinder = new Cinder(this.#clock, settings);
    const { glance, neutron } = this;
    const { volumes } = this.cinder;
    const consoleOf = (server: NovaServer) => this.consoleOf(server);
    const parts = { clock: this.#clock, faults: this.faults, settings, glance, neutron, volumes, onResize, consoleOf };
    this.nova = new Nova(parts, this.keystone);

    const services = [this.keystone, this.glance, this.neutron, this.nova, this.cinder, this.octavia];
    const routes = new RouteTable(services.flatMap((service) => service.routes));
    const { keystone, calls } = this;
    this.#http = httpServer({ routes, keystone, clock: this.#clock, faults: this.faults, calls, latency: settings.latency });
  }

  /** Listens on a free port of this machine. */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#http.once("error", reject).listen(0, "127.0.0.1", resolve);
    await promise;
  }

  stop(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Variables by which clients of OpenStack find it. */
  get environment(): Record<string, string> {
    const { username, password, project } = this.keystone.credentials;
    return {
      OS_AUTH_URL: `${this.url}/identity/v3`,
      OS_USERNAME: username,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
      OS_USER_DOMAIN_ID: "default",
      OS_PROJECT_DOMAIN_ID: "default",
      OS_REGION_NAME: "RegionOne",
    };
  }

  /** Does all work that is due, as every request does first. */
  settle(): void {
    this.#clock.settle();
  }

  /** Numbers of objects, without the cloud's own. All are 0 but tokens when nothing was leaked. */
  get inventory(): Record<string, number> {
    this.settle();
    const { networks, ports, routers, securityGroups } = this.neutron;
    const own = <T extends { name: string }>(objects: readonly T[], name: string) => objects.filter((each) => each.name !== name);
    const groups = own(securityGroups.groups.all, "default");
    return {
      servers: this.nova.servers.store.size,
      serverGroups: this.nova.groups.store.size,
      keypairs: this.nova.keypairs.store.size,
      networks: own(networks.networks.all, "public").length,
      subnets: own(networks.subnets.all, "public").length,
      routers: routers.routers.size,
      floatingIps: routers.floatingIps.size,
      ports: ports.store.size,
      securityGroups: groups.length,
      securityGroupRules: securityGroups.rules.all.filter((rule) => groups.some(({ id }) => id === rule.security_group_id)).length,
      loadBalancers: this.octavia.loadBalancers,
      volumes: this.cinder.volumes.store.size,
      tokens: this.keystone.tokens,
    };
  }
}
