import type { Service } from "../../clients/openstack/client.ts";

/** Object of a listing. Nova and Cinder name availability zones otherwise than all other objects. */
export interface Listed {
  id?: string;
  name?: string;
  zoneName?: string;
  floating_ip_address?: string;
  zoneState?: { available: boolean };
}

/** Kind of what a cluster names in OpenStack: its name for users, and its listing. */
export interface Kind {
  title: string;
  /** Command that lists it, after `openstack`. */
  command: string;
  service: Service;
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Most objects of the listing; when there are as many, others may be left out. @default the listing is complete */
  most?: number;
}

/** Most images that Glance lists at once (api_limit_max). */
const MOST_IMAGES = 1000;

/** Kinds of what a cluster names. */
export const KINDS = {
  image: {
    title: "image",
    command: "image list",
    service: "image",
    path: "/images",
    query: { limit: String(MOST_IMAGES) },
    most: MOST_IMAGES,
  },
  flavor: { title: "flavor", command: "flavor list", service: "compute", path: "/flavors/detail" },
  zone: { title: "availability zone", command: "availability zone list", service: "compute", path: "/os-availability-zone" },
  serverGroup: { title: "server group", command: "server group list", service: "compute", path: "/os-server-groups" },
  volumeZone: {
    title: "availability zone of volumes",
    command: "availability zone list --volume",
    service: "volume",
    path: "/os-availability-zone",
  },
  volumeType: { title: "volume type", command: "volume type list", service: "volume", path: "/types" },
  network: { title: "network", command: "network list", service: "network", path: "/networks" },
  externalNetwork: {
    title: "external network",
    command: "network list --external",
    service: "network",
    path: "/networks",
    query: { "router:external": "true" },
  },
  subnet: { title: "subnet", command: "subnet list", service: "network", path: "/subnets" },
  router: { title: "router", command: "router list", service: "network", path: "/routers" },
  loadBalancerProvider: {
    title: "provider of load balancers",
    command: "loadbalancer provider list",
    service: "loadBalancer",
    path: "/providers",
  },
  loadBalancerFlavor: {
    title: "flavor of load balancers",
    command: "loadbalancer flavor list",
    service: "loadBalancer",
    path: "/flavors",
  },
  loadBalancerZone: {
    title: "availability zone of load balancers",
    command: "loadbalancer availabilityzone list",
    service: "loadBalancer",
    path: "/availabilityzones",
  },
  floatingIp: { title: "floating IP", command: "floating ip list", service: "network", path: "/floatingips" },
  securityGroup: { title: "security group", command: "security group list", service: "network", path: "/security-groups" },
  dnsZone: { title: "DNS zone", command: "zone list", service: "dns", path: "/zones" },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** Returns the ids of the objects with a name. A text that is the id of one names that one alone. */
export function idsNamed(text: string, objects: readonly Listed[]): string[] {
  const name = text.replace(/\.$/, "");
  const ids = objects.flatMap((object) => (object.id !== undefined && object.name?.replace(/\.$/, "") === name ? [object.id] : []));
  return objects.some(({ id }) => id === text) ? [text] : ids.sort();
}

/** Returns the names and ids by which objects can be given. Zones of DNS are written without the final dot. */
export function namesOf(objects: readonly Listed[]): string[] {
  const usable = objects.filter(({ zoneState }) => zoneState?.available !== false);
  return usable
    .flatMap(({ name, zoneName, floating_ip_address, id }) => [name?.replace(/\.$/, ""), zoneName, floating_ip_address, id])
    .filter((text) => text !== undefined);
}
