import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { EtcdSettings } from "../../../lib/etcd/settings.ts";
import { controlPlaneRules, nodeAccess, nodeRules } from "../../../lib/network/security-rules.ts";
import type { NetworkSettings } from "../../../lib/network/settings.ts";
import { dependsOnFlavors, needsBeyond, type Owned, quotaNeeds } from "../../../operations/quota/needs.ts";
import { type Wanted, wantedOf } from "../../../operations/quota/wanted.ts";
import { mini } from "../../support/cluster-args.ts";

const FLAVORS = [
  { id: "f1", name: "node.small", vcpus: 2, ram: 4096 },
  { id: "f2", name: "node.medium", vcpus: 4, ram: 8192 },
];
const NEW_NETWORK = { networks: 1, subnets: 1, routers: 1 };

/** Returns what a cluster has once everything that it wants has been created. */
function made(wanted: Wanted): Owned {
  const flavorOf = (wantedName: string | undefined) => FLAVORS.find(({ id, name }) => id === wantedName || name === wantedName)!;
  return {
    servers: wanted.servers.map(({ name, flavor, volumes, hasOwnPort }) => ({
      name: hasOwnPort ? name : `${name}-1234567`,
      flavor: flavorOf(flavor),
      volumes: volumes.length,
    })),
    serverGroups: wanted.serverGroups.map(({ name }) => `${name}-89abcde`),
    ports: wanted.servers.filter(({ hasOwnPort }) => hasOwnPort).length + wanted.addressPorts,
    networks: wanted.networks,
    subnets: wanted.networks,
    routers: wanted.routers,
    floatingIps: wanted.floatingIps,
    securityGroups: wanted.securityGroups.length,
    securityGroupRules: wanted.securityGroups.flat().length,
    loadBalancers: wanted.loadBalancers,
  };
}

/** Returns the needs that are not zero. */
function needs(args: KubernetesClusterArgs, change: (owned: Owned, wanted: Wanted) => Partial<Owned>) {
  const wanted = wantedOf("demo", args);
  const owned = { ...made(wanted), ...change(made(wanted), wanted) };
  return Object.fromEntries(Object.entries(needsBeyond(wanted, owned, FLAVORS)).filter(([, amount]) => amount !== 0));
}

it("counts everything of a new cluster", () => {
  expect(quotaNeeds("demo", mini, FLAVORS)).toEqual({
    ...NEW_NETWORK,
    instances: 3,
    cores: 6,
    ram: 12_288,
    serverGroups: 0,
    serverGroupMembers: 0,
    // Three machines, the router in the subnet, and DHCP.
    ports: 5,
    floatingIps: 1,
    securityGroups: 2,
    // One of the nodes, two of the control plane, and Neutron's own two in each group.
    securityGroupRules: 7,
    volumes: 0,
    gigabytes: 0,
    loadBalancers: 0,
  });
});

it("counts everything of a large cluster", () => {
  const machine = { image: "debian", flavor: "node.small" };
  const large: KubernetesClusterArgs = {
    network: mini.network,
    apiEndpoint: { type: "octavia", allowedCidrs: ["198.51.100.0/24"] },
    controlPlane: { count: 20, machine: { image: "debian", flavor: "node.medium", volume: { size: 40 } } },
    etcd: { topology: "external", machine, dataVolume: { size: 100 } },
    pools: { default: { count: 999, machine } },
    ssh: { bastion: { machine } },
  };
  expect(quotaNeeds("demo", large, FLAVORS)).toEqual({
    ...NEW_NETWORK,
    instances: 1025,
    cores: 20 * 4 + 1005 * 2,
    ram: 20 * 8192 + 1005 * 4096,
    serverGroups: 2,
    serverGroupMembers: 20,
    // Machines, router, DHCP, load balancer.
    ports: 1028,
    floatingIps: 2,
    securityGroups: 3,
    // One of the nodes, one of the API, one of the bastion, and Neutron's own two in each group.
    securityGroupRules: 9,
    volumes: 25,
    gigabytes: 20 * 40 + 5 * 100,
    loadBalancers: 1,
  });
});

it("counts rules as the components create them", () => {
  const allowedCidrs = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];
  const rules = [...nodeRules(nodeAccess(mini.network), 22), ...controlPlaneRules(allowedCidrs, allowedCidrs, 22)];
  const { securityGroupRules } = quotaNeeds("demo", { ...mini, apiEndpoint: { type: "vip", allowedCidrs } }, FLAVORS);
  expect(securityGroupRules).toBe(rules.length + 4);
});

describe("the need beyond what a cluster has", () => {
  it("is nothing when it is complete", () => {
    expect(needs(mini, () => ({}))).toEqual({});
  });

  it("is a worker with the port that Nova creates for it", () => {
    expect(needs(mini, ({ servers }) => ({ servers: servers.slice(0, 2) }))).toEqual({ instances: 1, cores: 2, ram: 4096, ports: 1 });
  });

  it("is a control plane without a port, because the old port outlived its server", () => {
    expect(needs(mini, ({ servers }) => ({ servers: servers.slice(1) }))).toEqual({ instances: 1, cores: 2, ram: 4096 });
  });

  it("is a new pool even when another is removed, because that is deleted afterwards", () => {
    const other = ({ servers }: Owned) => servers.map((server) => ({ ...server, name: server.name.replace("default", "other") }));
    expect(needs(mini, (owned) => ({ servers: other(owned) }))).toEqual({ instances: 2, cores: 4, ram: 8192, ports: 2 });
  });

  it("is a machine's growth when its flavor changes, and nothing when it shrinks", () => {
    const [small, medium] = [FLAVORS[0]!, FLAVORS[1]!];
    const all = (flavor: typeof small) => (owned: Owned) => ({ servers: owned.servers.map((server) => ({ ...server, flavor })) });
    expect(needs({ ...mini, controlPlane: { machine: { image: "debian", flavor: "node.medium" } } }, all(small))).toEqual({
      cores: 2,
      ram: 4096,
    });
    expect(needs(mini, all(medium))).toEqual({});
  });

  it("is a volume that is added to existing machines", () => {
    const machine = { image: "debian", flavor: "node.small", volume: { size: 20 } };
    const etcd: EtcdSettings = { topology: "external", members: 3, machine, dataVolume: { size: 50 } };
    const old = ({ servers }: Owned) => servers.map((server) => ({ ...server, volumes: Math.min(server.volumes, 1) }));
    expect(needs({ ...mini, etcd }, (owned) => ({ servers: old(owned) }))).toEqual({ volumes: 3, gigabytes: 150 });
  });

  it("is a rule in an existing group, without Neutron's own", () => {
    expect(needs(mini, () => ({ securityGroupRules: 2 }))).toEqual({ securityGroupRules: 1 });
  });

  it("is the DHCP port in a new subnet", () => {
    expect(needs(mini, () => ({ subnets: 0, routers: 0 }))).toEqual({ subnets: 1, routers: 1, ports: 1 });
  });

  it("is the router interface as long as no server exists", () => {
    const { instances, ...rest } = needs(mini, () => ({ servers: [] }));
    expect([instances, rest]).toEqual([3, { cores: 6, ram: 12_288, ports: 3 }]);
  });

  it("counts all members of a server group that gets another", () => {
    const spread = { ...mini, controlPlane: { count: 5, machine: { image: "debian", flavor: "node.small" } } };
    expect(needs(spread, ({ servers }) => ({ servers: servers.slice(1) }))).toMatchObject({ instances: 1, serverGroupMembers: 5 });
  });

  it("has no cores for flavors that the cloud does not have", () => {
    expect(quotaNeeds("demo", mini, [])).toMatchObject({ instances: 3, cores: 0, ram: 0 });
  });
});

it("requests flavors only when a server is new or gets another flavor", () => {
  const wanted = wantedOf("demo", mini);
  const owned = made(wanted);
  expect(dependsOnFlavors(wanted, owned)).toBe(false);
  expect(dependsOnFlavors(wanted, { ...owned, servers: owned.servers.slice(1) })).toBe(true);
  expect(
    dependsOnFlavors(wantedOf("demo", { ...mini, controlPlane: { machine: { image: "debian", flavor: "node.medium" } } }), owned),
  ).toBe(true);
});

describe("the need of any cluster", () => {
  const machine = fc.record(
    {
      image: fc.constant("debian"),
      flavor: fc.constantFrom("node.small", "f2", "unknown"),
      volume: fc.record({ size: fc.integer({ min: 1, max: 100 }) }),
    },
    { requiredKeys: ["image", "flavor"] },
  );
  const cluster = fc.record({
    network: fc.constantFrom<NetworkSettings>(
      { cidr: "10.0.0.0/8", externalNetwork: "public" },
      { cidr: "10.0.0.0/8", adopt: { networkId: "n1", subnetId: "s1" } },
    ),
    apiEndpoint: fc.record({
      type: fc.constantFrom("floatingIp" as const, "vip" as const, "octavia" as const),
      allowedCidrs: fc.uniqueArray(fc.constantFrom("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),
    }),
    controlPlane: fc.record({ count: fc.integer({ min: 1, max: 20 }), machine }),
    etcd: fc.oneof(
      fc.constant({ topology: "stacked" as const }),
      fc.record({ topology: fc.constant("external" as const), members: fc.constantFrom(3, 5, 7), machine }),
    ),
    pools: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.record({ count: fc.integer({ min: 0, max: 50 }), machine })),
  });

  it("is nothing more when everything exists", () => {
    const known = cluster.filter((args) => wantedOf("x", args).servers.every(({ flavor }) => flavor !== "unknown"));
    fc.assert(
      fc.property(known, (args) => {
        const wanted = wantedOf("x", args);
        expect(Object.values(needsBeyond(wanted, made(wanted), FLAVORS)).every((amount) => amount === 0)).toBe(true);
      }),
    );
  });

  it("is less, never more, with each server that exists", () => {
    fc.assert(
      fc.property(cluster, fc.nat(), (args, number) => {
        const wanted = wantedOf("x", args);
        const nothing = made({ ...wanted, servers: [] });
        const some = { ...nothing, servers: made({ ...wanted, servers: wanted.servers.slice(0, number % 30) }).servers };
        const [all, rest] = [needsBeyond(wanted, nothing, FLAVORS), needsBeyond(wanted, some, FLAVORS)];
        expect(Object.entries(all).filter(([resource, amount]) => rest[resource as keyof typeof rest] > amount)).toEqual([]);
        expect(rest.instances).toBe(all.instances - some.servers.length);
      }),
    );
  });

  it("is at least a port for each machine, and a rule for each network that may connect", () => {
    fc.assert(
      fc.property(cluster, (args) => {
        const { ports, instances, securityGroupRules } = quotaNeeds("x", args, FLAVORS);
        expect(ports).toBeGreaterThanOrEqual(instances);
        // In a network that others use: one for the nodes, and one each for SSH and the API from within it.
        const ofNetwork = "adopt" in args.network ? 3 : 1;
        expect(securityGroupRules).toBe(ofNetwork + 2 * args.apiEndpoint.allowedCidrs.length + 4);
      }),
    );
  });
});
