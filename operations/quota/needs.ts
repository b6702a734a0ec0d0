import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import type { Amounts, Resource } from "./resources.ts";
import { type Wanted, type WantedServer, wantedOf } from "./wanted.ts";

/** Flavor of the cloud; RAM in MiB. */
export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
}

/** Objects in OpenStack that a cluster already has. */
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

/** Server that a cluster already has. */
export interface OwnedServer {
  name: string;
  flavor: { name: string; vcpus: number; ram: number };
  /** Number of its volumes. */
  volumes: number;
}

/** Rules that Neutron creates in each new security group: one each for IPv4 and IPv6, which let all traffic out. */
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

/** Returns the amounts that a new cluster needs. A flavor that is not known or does not exist counts for no cores and no RAM. */
export function quotaNeeds(clusterName: string, args: KubernetesClusterArgs, flavors: readonly Flavor[]): Amounts {
  return needsBeyond(wantedOf(clusterName, args), NOTHING, flavors);
}

/** Returns the amounts that a cluster needs beyond what it already has. */
export function needsBeyond(wanted: Wanted, owned: Owned, flavors: readonly Flavor[]): Amounts {
  // Servers are created after the router interface, so a cluster with servers has it.
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
    serverGroups: groups.length,
    serverGroupMembers: Math.max(0, ...growing.map(({ members }) => members)),
    networks: missing(wanted.networks, owned.networks),
    subnets,
    routers: missing(wanted.routers, owned.routers),
    // Each new subnet has a DHCP port, and each router interface and load balancer has a port that is created with it.
    ports: portsOf(wanted, owned, fresh) + subnets + (isEmpty ? wanted.routerInterfaces : 0) + loadBalancers,
    floatingIps: missing(wanted.floatingIps, owned.floatingIps),
    securityGroups,
    securityGroupRules: missing(wanted.securityGroups.flat().length, owned.securityGroupRules) + DEFAULT_RULES * securityGroups,
    volumes: volumes.length,
    gigabytes: sum(volumes),
    loadBalancers,
  };
}

/** Returns the resources of which a cluster needs more. */
export function neededResources(needs: Amounts): Resource[] {
  return (Object.keys(needs) as Resource[]).filter((resource) => needs[resource] > 0);
}

/** Returns whether flavors must be known: for new servers, or for servers whose flavor changes. */
export function dependsOnFlavors({ servers }: Wanted, owned: Owned): boolean {
  const existing = byWantedName(owned.servers);
  return servers.some(({ name, flavor }) => flavor !== undefined && existing.get(name)?.flavor.name !== flavor);
}

/** Sums the cores and RAM of new servers, and the growth of the others. */
function sizeOf(servers: readonly { server: WantedServer; existing?: OwnedServer | undefined }[], flavors: readonly Flavor[]) {
  const growth = servers.flatMap(({ server, existing }) => {
    const flavor = flavors.find(({ name }) => name === server.flavor) ?? flavors.find(({ id }) => id === server.flavor);
    if (!flavor) return [];
    const { vcpus = 0, ram = 0 } = existing?.flavor ?? {};
    return [{ cores: missing(flavor.vcpus, vcpus), ram: missing(flavor.ram, ram) }];
  });
  return { cores: sum(growth.map(({ cores }) => cores)), ram: sum(growth.map(({ ram }) => ram)) };
}

/** Counts the new ports of machines and of a virtual address. A port that was created before its server outlives the server. */
function portsOf({ servers, addressPorts }: Wanted, owned: Owned, fresh: readonly WantedServer[]): number {
  const tagged = servers.filter(({ hasOwnPort }) => hasOwnPort).length + addressPorts;
  return missing(tagged, owned.ports) + fresh.filter(({ hasOwnPort }) => !hasOwnPort).length;
}

/** Maps objects by their wanted names: their own, or those from which Pulumi generated them. */
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
