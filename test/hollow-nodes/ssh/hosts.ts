import { parse } from "yaml";
import type { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import type { Server } from "../../fake-openstack/nova/server.ts";
import { Host, type HostFate } from "./host.ts";

/** Workers of a pool, by key. With `every` 500 and `at` 40, those with the keys 40, 540, 1040 and so on. */
interface EveryNth {
  every: number;
  at: number;
}

/** Faults of workers. Each affects only the first machine of a key, not its replacements. */
export interface HostFaults {
  /** SSH never answers. */
  neverBoots?: EveryNth;
  /** SSH answers late. */
  bootsLate?: EveryNth & { seconds: number };
  /** SSH answers, but the first boot never ends. */
  firstBootHangs?: EveryNth;
  /** The first join fails. */
  joinFailsOnce?: EveryNth;
}

/** Name of a worker in Pulumi: the pool, the key and a suffix. */
const WORKER = /^(.*-(\d+))-[0-9a-f]{7}$/;

export interface HostsOptions {
  /** Seconds from ACTIVE until SSH answers. @default 2 */
  bootSeconds?: number;
  /** @default none */
  faults?: HostFaults;
}

/** Machines of all servers. Each exists while its server is ACTIVE. */
export class Hosts {
  faults: HostFaults;
  readonly #cloud: FakeCloud;
  readonly #bootSeconds: number;
  readonly #hosts = new Map<string, Host>();
  readonly #seenWorkers = new Set<string>();

  constructor(cloud: FakeCloud, { bootSeconds = 2, faults = {} }: HostsOptions = {}) {
    this.#cloud = cloud;
    this.#bootSeconds = bootSeconds;
    this.faults = faults;
    cloud.consoleOf = (server) => this.#hosts.get(server.id)?.console ?? "";
  }

  /** Returns the machine at an address, if its SSH answers already. */
  at(address: string): Host | undefined {
    this.#cloud.settle();
    const server = this.#serverAt(address);
    if (server?.status !== "ACTIVE") return undefined;
    const host = this.#hosts.get(server.id) ?? this.#boot(server);
    return host.isUp ? host : undefined;
  }

  /** Returns whether a public key is in a machine's user data. */
  accepts({ server }: Host, key: Buffer): boolean {
    const { ssh_authorized_keys: keys = [] } = (parse(server.userData) ?? {}) as { ssh_authorized_keys?: string[] };
    return keys.some((line) => key.equals(Buffer.from(line.split(" ")[1] ?? "", "base64")));
  }

  /** Progress of the machines. */
  get progress(): { servers: number; booted: number; prepared: number; joined: number } {
    const servers = this.#cloud.nova.servers.store;
    const all = [...this.#hosts.values()].filter(({ server }) => servers.get(server.id) !== undefined);
    const count = (is: (host: Host) => boolean) => all.filter(is).length;
    return {
      servers: servers.size,
      booted: count(({ isUp }) => isUp),
      prepared: count(({ isPrepared }) => isPrepared),
      joined: count(({ hasJoined }) => hasJoined),
    };
  }

  #serverAt(address: string): Server | undefined {
    const { ports, routers } = this.#cloud.neutron;
    const floating = routers.floatingIps.all.find((each) => each.floating_ip_address === address);
    const port = floating
      ? ports.store.get(floating.port_id ?? "")
      : ports.store.all.find(({ fixed_ips }) => fixed_ips.some(({ ip_address }) => ip_address === address));
    return this.#cloud.nova.servers.store.get(port?.device_id ?? "");
  }

  #boot(server: Server): Host {
    const host = new Host(server, this.#fateOf(server));
    this.#hosts.set(server.id, host);
    return host;
  }

  #fateOf({ name }: Server): HostFate {
    const usual = { bootSeconds: this.#bootSeconds, firstBootHangs: false, failingJoins: 0 };
    const [, worker, key] = WORKER.exec(name) ?? [];
    if (!worker || this.#seenWorkers.has(worker)) return usual;
    this.#seenWorkers.add(worker);
    const { neverBoots, bootsLate, firstBootHangs, joinFailsOnce } = this.faults;
    const hits = (some?: EveryNth) => some !== undefined && Number(key) % some.every === some.at;
    return {
      bootSeconds: hits(neverBoots) ? Number.POSITIVE_INFINITY : usual.bootSeconds + (hits(bootsLate) ? bootsLate!.seconds : 0),
      firstBootHangs: hits(firstBootHangs),
      failingJoins: hits(joinFailsOnce) ? 1 : 0,
    };
  }
}
