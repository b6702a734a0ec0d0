import type { Networks } from "../neutron/networks.ts";
import type { Port } from "../neutron/ports.ts";
import type { Flavor } from "./flavors.ts";

/** Server in the fake's memory. */
export interface Server {
  id: string;
  name: string;
  status: "BUILD" | "ACTIVE" | "ERROR" | "SHUTOFF" | "RESIZE" | "VERIFY_RESIZE";
  created: string;
  image: string;
  flavor: Flavor;
  keyName: string | null;
  /** User data, decoded. */
  userData: string;
  metadata: Record<string, string>;
  tags: string[];
  zone: string;
  securityGroups: string[];
  /** Ports that Nova created and will remove. */
  ownPorts: string[];
  /** Its volumes, with the boot volume first. */
  volumes: { id: string; device: string; deleteOnTermination: boolean }[];
  fault?: { code: number; message: string; created: string };
  isLeaving: boolean;
}

/** Nova's state of a server with a status. */
const VM_STATES: Record<Server["status"], string> = {
  BUILD: "building",
  ACTIVE: "active",
  ERROR: "error",
  SHUTOFF: "stopped",
  RESIZE: "active",
  VERIFY_RESIZE: "resized",
};

/** Nova's task for a server with a status. */
const TASKS: Partial<Record<Server["status"], string>> = { BUILD: "spawning", RESIZE: "resize_migrating" };

/** Shows a server in Nova's form, which depends on the version of the API. */
export function shown(server: Server, version: number, ports: readonly Port[], networks: Networks, owner: object): object {
  const isUp = server.status !== "BUILD" && server.status !== "ERROR";
  const { id, name, status, created, metadata, flavor, fault, zone, isLeaving, volumes } = server;
  return {
    id,
    name,
    status,
    ...owner,
    metadata,
    hostId: isUp ? "1f7a9a9bd4d5e4fb6a8b0d9f1f0f4ad0e5d9f2d1b6d3c1a0e4c2b9a7" : "",
    image: server.image && { id: server.image, links: [] },
    flavor: version >= 47 ? embedded(flavor) : { id: flavor.id, links: [] },
    created,
    updated: created,
    addresses: isUp ? addressesOf(ports, networks) : {},
    accessIPv4: "",
    accessIPv6: "",
    links: [],
    "OS-DCF:diskConfig": "MANUAL",
    progress: isUp ? 100 : 0,
    "OS-EXT-AZ:availability_zone": isUp ? zone : "",
    config_drive: "",
    key_name: server.keyName,
    "OS-SRV-USG:launched_at": isUp ? created.replace("Z", ".000000") : null,
    "OS-SRV-USG:terminated_at": null,
    "OS-EXT-STS:task_state": isLeaving ? "deleting" : (TASKS[status] ?? null),
    "OS-EXT-STS:vm_state": VM_STATES[status],
    "OS-EXT-STS:power_state": status === "ACTIVE" ? 1 : 0,
    "os-extended-volumes:volumes_attached": volumes.map((volume) => attached(volume, version)),
    ...(isUp ? { security_groups: server.securityGroups.map((group) => ({ name: group })) } : {}),
    ...(fault ? { fault } : {}),
    ...(version >= 26 ? { tags: server.tags } : {}),
  };
}

function attached({ id, deleteOnTermination }: Server["volumes"][number], version: number): object {
  return version >= 3 ? { id, delete_on_termination: deleteOnTermination } : { id };
}

function embedded({ name, vcpus, ram, disk, swap, extra_specs }: Flavor): object {
  return { original_name: name, vcpus, ram, disk, swap, ephemeral: 0, extra_specs };
}

/** Returns addresses by the names of networks, as the OpenStack plugin needs them. */
function addressesOf(ports: readonly Port[], networks: Networks): object {
  const byNetwork = Object.groupBy(ports, ({ network_id }) => networks.networks.get(network_id)?.name ?? network_id);
  return Object.fromEntries(Object.entries(byNetwork).map(([name, own = []]) => [name, own.flatMap(addresses)]));
}

function addresses({ fixed_ips, mac_address }: Port): object[] {
  return fixed_ips.map(({ ip_address }) => ({
    addr: ip_address,
    version: 4,
    "OS-EXT-IPS:type": "fixed",
    "OS-EXT-IPS-MAC:mac_addr": mac_address,
  }));
}
