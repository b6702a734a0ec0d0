import { randomUUID } from "node:crypto";
import { type ApiRequest, given, Refusal } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Glance } from "../glance.ts";
import type { Neutron } from "../neutron/neutron.ts";
import type { Port } from "../neutron/ports.ts";
import type { CloudSettings, Quota } from "../settings.ts";
import { Store } from "../store.ts";
import type { Attachments, BlockDevice } from "./attachments.ts";
import { Builds } from "./builds.ts";
import type { Flavors } from "./flavors.ts";
import type { Keypairs } from "./keypairs.ts";
import type { Server } from "./server.ts";
import type { ServerGroups } from "./server-groups.ts";

/** Request for a server. */
interface ServerRequest {
  name: string;
  imageRef: string;
  flavorRef: string;
  key_name: string;
  /** In base64. */
  user_data: string;
  metadata: Record<string, string>;
  tags: string[];
  availability_zone: string;
  security_groups: { name: string }[];
  networks: string | { uuid?: string; port?: string; fixed_ip?: string }[];
  block_device_mapping_v2: BlockDevice[];
}

/** Parts of which servers are made. */
export interface NovaParts {
  clock: Clock;
  faults: Faults;
  settings: CloudSettings;
  glance: Glance;
  neutron: Neutron;
  flavors: Flavors;
  keypairs: Keypairs;
  groups: ServerGroups;
  attachments: Attachments;
}

const NO_HOST = "No valid host was found. There are not enough hosts available.";

/** Lifecycle of servers, from the request through the build to the deletion. */
export class Servers {
  readonly store = new Store<Server>();
  /** Most servers that were being built at a time, by their names without key and suffix. */
  readonly mostBuilding: Record<string, number> = {};
  readonly #parts: NovaParts;
  readonly #builds: Builds;

  constructor(parts: NovaParts) {
    this.#parts = parts;
    this.#builds = new Builds(parts.clock, parts.settings.buildsAtOnce);
  }

  /** Usage of the quota by servers. */
  get used(): Pick<Quota, "instances" | "cores" | "ram"> {
    const flavors = this.store.all.map(({ flavor }) => flavor);
    const sum = (of: (flavor: Server["flavor"]) => number) => flavors.reduce((total, flavor) => total + of(flavor), 0);
    return { instances: flavors.length, cores: sum(({ vcpus }) => vcpus), ram: sum(({ ram }) => ram) };
  }

  create(request: ApiRequest): Server {
    const asked = given<ServerRequest>("compute", request, "server");
    const server = this.#server(asked);
    this.#checkQuota(server);
    this.#checkPorts(asked.networks ?? []);
    const group = (request.body as Record<string, { group?: string } | undefined>)["os:scheduler_hints"]?.group;
    if (group) this.#parts.groups.join(group, server.id);
    this.store.add(server);
    this.#countBuilding(server);
    this.#build(server, asked);
    return server;
  }

  find(id: string): Server {
    const found = this.store.get(id);
    if (!found) throw new Refusal("compute", 404, `Instance ${id} could not be found.`);
    return found;
  }

  /** Starts to delete a server. One without a host is gone at once. */
  remove(server: Server): void {
    if (server.isLeaving) return;
    server.isLeaving = true;
    const { clock, settings } = this.#parts;
    if (server.fault?.message === NO_HOST) this.#drop(server);
    else clock.after(settings.deleteSeconds, () => this.#drop(server));
  }

  #server({ name = "", imageRef = "", flavorRef = "", tags = [], metadata = {}, ...asked }: Partial<ServerRequest>): Server {
    const { clock, flavors, keypairs, glance } = this.#parts;
    const flavor = flavors.store.get(flavorRef);
    if (!flavor) throw new Refusal("compute", 400, `Flavor ${flavorRef} could not be found.`);
    if (asked.key_name && !keypairs.has(asked.key_name)) throw new Refusal("compute", 400, "Invalid key_name provided.");
    if (!asked.block_device_mapping_v2 && !glance.images.get(imageRef)) throw new Refusal("compute", 400, `Can not find requested image`);
    return {
      id: randomUUID(),
      name,
      status: "BUILD",
      created: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
      image: asked.block_device_mapping_v2 ? "" : imageRef,
      flavor,
      keyName: asked.key_name ?? null,
      userData: Buffer.from(asked.user_data ?? "", "base64").toString(),
      metadata,
      tags,
      zone: asked.availability_zone || "nova",
      securityGroups: (asked.security_groups ?? [{ name: "default" }]).map((group) => group.name),
      ownPorts: [],
      volumes: [],
      isLeaving: false,
    };
  }

  #checkQuota({ flavor }: Server): void {
    const { quota } = this.#parts.settings;
    const more = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
    for (const [resource, wanted] of Object.entries(more) as [keyof typeof more, number][]) {
      const [limit, used] = [quota[resource], this.used[resource]];
      if (limit >= 0 && used + wanted > limit) {
        const message = `Quota exceeded for ${resource}: Requested ${wanted}, but already used ${used} of ${limit} ${resource}`;
        throw new Refusal("compute", 403, message);
      }
    }
  }

  /** Checks that given ports exist and serve no other machine. */
  #checkPorts(networks: ServerRequest["networks"]): void {
    for (const { port: id } of typeof networks === "string" ? [] : networks) {
      if (id === undefined) continue;
      const port = this.#parts.neutron.ports.store.get(id);
      if (!port) throw new Refusal("compute", 400, `Port ${id} could not be found.`);
      if (port.device_id !== "") throw new Refusal("compute", 409, `Port ${id} is still in use.`);
    }
  }

  #countBuilding({ name }: Server): void {
    const kind = kindOf(name);
    const building = this.store.all.filter((server) => server.status === "BUILD" && kindOf(server.name) === kind).length;
    this.mostBuilding[kind] = Math.max(this.mostBuilding[kind] ?? 0, building);
  }

  #build(server: Server, { networks = [], block_device_mapping_v2 = [] }: Partial<ServerRequest>): void {
    const { clock, faults, settings, attachments } = this.#parts;
    const { fate, delay } = faults.nextServer();
    if (fate === "no-valid-host") {
      clock.after(settings.buildSeconds / 4, () => this.#fail(server, NO_HOST));
      return;
    }
    try {
      for (const device of block_device_mapping_v2) attachments.makeBootVolume(server, device);
    } catch (error) {
      clock.after(settings.buildSeconds / 4, () => this.#fail(server, `Build of instance ${server.id} aborted: ${error}`));
      return;
    }
    const ports = typeof networks === "string" ? [] : networks.map((network) => this.#plug(server, network));
    this.#builds.finish(settings.buildSeconds + delay, () => {
      if (fate === "error")
        return this.#fail(server, "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures.");
      server.status = "ACTIVE";
      for (const port of ports) port.status = "ACTIVE";
      attachments.useBootVolumes(server);
    });
  }

  /** Connects a server to a port: a given one, or one that Nova creates. */
  #plug(server: Server, { port: id, uuid = "", fixed_ip }: { uuid?: string; port?: string; fixed_ip?: string }): Port {
    const { ports, securityGroups } = this.#parts.neutron;
    const device = { device_id: server.id, device_owner: `compute:${server.zone}` };
    if (id !== undefined) {
      return Object.assign(ports.store.get(id)!, device);
    }
    const groups = server.securityGroups.flatMap((name) => securityGroups.find(name)?.id ?? []);
    const fixed = fixed_ip === undefined ? {} : { fixed_ips: [{ ip_address: fixed_ip }] as Port["fixed_ips"] };
    const made = ports.make({ network_id: uuid, security_groups: groups, ...device, ...fixed });
    server.ownPorts.push(made.id);
    return made;
  }

  #fail(server: Server, message: string): void {
    server.status = "ERROR";
    server.fault = { code: 500, message, created: server.created };
    this.#unplug(server);
    this.#parts.attachments.releaseAll(server);
  }

  #drop(server: Server): void {
    this.#unplug(server);
    this.#parts.attachments.releaseAll(server);
    this.#parts.groups.leave(server.id);
    this.store.delete(server.id);
  }

  /** Removes the ports that Nova created, and frees the others. */
  #unplug({ id, ownPorts }: Server): void {
    const { ports } = this.#parts.neutron;
    for (const port of ports.ofDevice(id)) {
      if (ownPorts.includes(port.id)) ports.drop(port);
      else Object.assign(port, { device_id: "", device_owner: "", status: "DOWN" });
    }
  }
}

/** Returns the name that a group of servers shares, without key and Pulumi's suffix. */
function kindOf(name: string): string {
  return name.replace(/-\d+(-[0-9a-f]{7})?$/, "");
}
