import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import type { Amounts, Resource } from "./resources.ts";
import { type Wanted, type WantedServer, wantedOf } from "./wanted.ts";

/** A flavor of the cloud, with RAM in MiB. */
export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
}

/** What a cluster has already. */
export interface Owned {
  servers: readonly OwnedServer[];
  /** Names of server groups. */
  serverGroups: readonly string[];
  /** Ports that carry the cluster's tag. */
  ports: number;
  networks: number;
  subnets: number;
  routers: number;
  floatingIps: number;
  securityGroups: number;
  /** Rules that let traffic in. */
  securityGroupRules: number;
  loadBalancers: number;
}

/** A server that a cluster has already. */
export interface OwnedServer {
  name: string;
  flavor: { name: string; vcpus: number; ram: number };
  /** Number of its volumes. */
  volumes: number;
}

/** Rules that Neutron makes in each new security group: to let everything out, for IPv4 and for IPv6. */
const DEFAULT_RULES = 2;

const NOTHING: Owned = {
  servers: [],
  serverGroups: [],
  ports: 0,
  networks: 0,
  subnets: 0,
  routers: 0,
  floatingIps: 0,
  securityGroups: 0,
  securityGroupRules: 0,
  loadBalancers: 0,
};

/** How much a new cluster uses. Flavors that are not known, or not there, count for no cores and no RAM. */
export function quotaNeeds(clusterName: string, args: KubernetesClusterArgs, flavors: readonly Flavor[]): Amounts {
  return needsBeyond(wantedOf(clusterName, args), NOTHING, flavors);
}

/** How much more a cluster uses than it has already. */
export function needsBeyond(wanted: Wanted, owned: Owned, flavors: readonly Flavor[]): Amounts {
  // Servers are made with the key pair and after the link with the router, so both are there when they are.
  const isEmpty = owned.servers.length === 0;
  const existing = byWantedName(owned.servers);
  const servers = wanted.servers.map((server) => ({ server, existing: existing.get(server.name) }));
  const ownGroups = byWantedName(owned.serverGroups.map((name) => ({ name })));
  const fresh = servers.filter(({ existing }) => !existing).map(({ server }) => server);
  const volumes = servers.flatMap(({ server, existing }) => server.volumes.slice(existing?.volumes ?? 0));
  const groups = wanted.serverGroups.filter(({ name }) => !ownGroups.has(name));
  const growing = wanted.serverGroups.filter(({ name }) => fresh.some((server) => server.name.startsWith(`${name}-`)));
  const subnets = missing(wanted.networks, owned.subnets);
  const loadBalancers = missing(wanted.loadBalancers, owned.loadBalancers);
  const securityGroups = missing(wanted.securityGroups.length, owned.securityGroups);
  return {
    instances: fresh.length,
    ...sizeOf(servers, flavors),
    keyPairs: isEmpty ? 1 : 0,
    serverGroups: groups.length,
    serverGroupMembers: Math.max(0, ...growing.map(({ members }) => members)),
    networks: missing(wanted.networks, owned.networks),
    subnets,
    routers: missing(wanted.routers, owned.routers),
    // Each new subnet has a port of DHCP, and each link and load balancer one that is made with it.
    ports: portsOf(wanted, owned, fresh) + subnets + (isEmpty ? wanted.routerInterfaces : 0) + loadBalancers,
    floatingIps: missing(wanted.floatingIps, owned.floatingIps),
    securityGroups,
    securityGroupRules: missing(wanted.securityGroups.flat().length, owned.securityGroupRules) + DEFAULT_RULES * securityGroups,
    volumes: volumes.length,
    gigabytes: sum(volumes),
    loadBalancers,
  };
}

/** Resources of which a cluster needs more. */
export function neededResources(needs: Amounts): Resource[] {
  return (Object.keys(needs) as Resource[]).filter((resource) => needs[resource] > 0);
}

/** Whether flavors have to be known: of new servers, or of those that may grow. */
export function dependsOnFlavors({ servers }: Wanted, owned: Owned): boolean {
  const existing = byWantedName(owned.servers);
  return servers.some(({ name, flavor }) => flavor !== undefined && existing.get(name)?.flavor.name !== flavor);
}

/** Cores and RAM of new servers, and what others grow by. */
function sizeOf(servers: readonly { server: WantedServer; existing?: OwnedServer | undefined }[], flavors: readonly Flavor[]) {
  const growth = servers.flatMap(({ server, existing }) => {
    const flavor = flavors.find(({ name }) => name === server.flavor) ?? flavors.find(({ id }) => id === server.flavor);
    if (!flavor) return [];
    const { vcpus = 0, ram = 0 } = existing?.flavor ?? {};
    return [{ cores: missing(flavor.vcpus, vcpus), ram: missing(flavor.ram, ram) }];
  });
  return { cores: sum(growth.map(({ cores }) => cores)), ram: sum(growth.map(({ ram }) => ram)) };
}

/** Ports of machines and of a virtual address. A port that was made before its server outlives it. */
function portsOf({ servers, addressPorts }: Wanted, owned: Owned, fresh: readonly WantedServer[]): number {
  const tagged = servers.filter(({ hasOwnPort }) => hasOwnPort).length + addressPorts;
  return missing(tagged, owned.ports) + fresh.filter(({ hasOwnPort }) => !hasOwnPort).length;
}

/** Objects by the names that were asked for: their own, or those from which Pulumi generated them. */
function byWantedName<T extends { name: string }>(objects: readonly T[]): Map<string, T> {
  const generated = objects.map((object) => [object.name.replace(/-[0-9a-f]{7}$/, ""), object] as const);
  return new Map([...generated, ...objects.map((object) => [object.name, object] as const)]);
}

function missing(wanted: number, owned: number): number {
  return Math.max(0, wanted - owned);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
