import { expect, it } from "vitest";
import type { AnyOf } from "../../../lib/any-of.ts";
import type { ApiEndpointSettings } from "../../../lib/api-endpoint/settings.ts";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { EtcdSettings } from "../../../lib/etcd/settings.ts";
import type { NetworkSettings } from "../../../lib/network/settings.ts";
import type { MachineSettings } from "../../../lib/node/machine-settings.ts";
import { wantedOf } from "../../../operations/quota/wanted.ts";
import { mini } from "../../support/cluster-args.ts";

const machine = { image: "debian", flavor: "m1" };
const cluster = (changes: Partial<KubernetesClusterArgs> = {}): KubernetesClusterArgs => ({
  ...mini,
  controlPlane: { machine },
  pools: {},
  ...changes,
});
const namesOf = (changes: Partial<KubernetesClusterArgs>) => wantedOf("demo", cluster(changes)).servers.map(({ name }) => name);
const groupsOf = (changes: Partial<KubernetesClusterArgs>) => wantedOf("demo", cluster(changes)).serverGroups;

it("is one server without volumes in the smallest cluster", () => {
  expect(wantedOf("demo", cluster())).toEqual({
    servers: [{ name: "demo-control-plane-0", flavor: "m1", volumes: [], hasOwnPort: true }],
    serverGroups: [],
    addressPorts: 0,
    networks: 1,
    routers: 1,
    routerInterfaces: 1,
    floatingIps: 1,
    securityGroups: [
      [{ name: "internal", cidr: "10.40.0.0/16" }],
      [
        { name: "api-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 6443 },
        { name: "ssh-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 22 },
      ],
    ],
    loadBalancers: 0,
  });
});

it("has the servers of all roles by name", () => {
  const names = namesOf({
    controlPlane: { count: 3, machine },
    etcd: { topology: "external", members: 3, machine },
    pools: { default: { count: 3, without: ["1"], machine }, imported: { imported: [{ name: "dgx-1", address: "192.0.2.7" }] } },
    ssh: { bastion: { machine } },
  });
  expect(names).toEqual([
    ...["demo-control-plane-0", "demo-control-plane-1", "demo-control-plane-2"],
    ...["demo-etcd-0", "demo-etcd-1", "demo-etcd-2"],
    ...["demo-default-0", "demo-default-2"],
    "demo-bastion",
  ]);
});

it("has five etcd members by default, and none with stacked etcd", () => {
  expect(namesOf({ etcd: { topology: "external", machine } })).toHaveLength(6);
  expect(namesOf({ etcd: { topology: "stacked" } })).toHaveLength(1);
});

it("leaves out a flavor that becomes known only later", () => {
  const [server] = wantedOf("demo", cluster({ controlPlane: { machine: { ...machine, flavor: Promise.resolve("m1") } } })).servers;
  expect(server?.flavor).toBeUndefined();
});

it("has boot volumes, and data volumes of etcd", () => {
  const etcd: EtcdSettings = { topology: "external", members: 1, machine: { ...machine, volume: { size: 20 } }, dataVolume: { size: 50 } };
  const { servers } = wantedOf("demo", cluster({ etcd, controlPlane: { machine: { ...machine, volume: { size: 30 } } } }));
  expect(servers.map(({ volumes }) => volumes)).toEqual([[30], [20, 50]]);
});

it("spreads several machines with etcd by default, and others on request", () => {
  expect(groupsOf({ controlPlane: { count: 3, machine }, pools: { default: { count: 9, machine } } })).toEqual([
    { name: "demo-control-plane", members: 3 },
  ]);
  const spread: MachineSettings = { ...machine, serverGroup: { policy: "anti-affinity" } };
  expect(groupsOf({ pools: { default: { count: 9, machine: spread } } })).toEqual([{ name: "demo-default", members: 9 }]);
});

it("has no server group when an existing one is given", () => {
  expect(groupsOf({ controlPlane: { count: 3, machine: { ...machine, serverGroup: { id: "g1" } } } })).toEqual([]);
});

it.each<[AnyOf<ApiEndpointSettings>, object]>([
  [{ type: "floatingIp" }, { floatingIps: 1, addressPorts: 0, loadBalancers: 0 }],
  [{ type: "vip" }, { floatingIps: 1, addressPorts: 1, loadBalancers: 0 }],
  [
    { type: "vip", floatingIp: false },
    { floatingIps: 0, addressPorts: 1, loadBalancers: 0 },
  ],
  [{ type: "octavia" }, { floatingIps: 1, addressPorts: 0, loadBalancers: 1 }],
  [
    { type: "external", host: "192.0.2.7" },
    { floatingIps: 0, addressPorts: 0, loadBalancers: 0 },
  ],
])("has for an API endpoint of %j %j", (endpoint, expected) => {
  expect(wantedOf("demo", cluster({ apiEndpoint: { ...endpoint, allowedCidrs: [] } as ApiEndpointSettings }))).toMatchObject(expected);
});

const ids = { networkId: "n1", subnetId: "s1" };

it.each<[AnyOf<NetworkSettings>, object]>([
  [{ externalNetwork: "public" }, { networks: 1, routers: 1, routerInterfaces: 1 }],
  [
    { externalNetwork: "public", router: "r1" },
    { networks: 1, routers: 0, routerInterfaces: 1 },
  ],
  [{ adopt: { ...ids, routerId: "r1" } }, { networks: 0, routers: 0, routerInterfaces: 1 }],
  [{ adopt: ids }, { networks: 0, routers: 0, routerInterfaces: 0 }],
])("makes for a network of %j %j", (network, expected) => {
  expect(wantedOf("demo", cluster({ network: { cidr: "10.0.0.0/16", ...network } as NetworkSettings }))).toMatchObject(expected);
});

it("has a port before each worker in an existing network, unless Nova makes it, and in a pool's own network", () => {
  const far = { count: 1, machine, network: { ...ids, cidr: "10.50.0.0/24" } };
  const pools = { default: { count: 1, machine }, far };
  const ports = (network: object) => {
    const { servers } = wantedOf("demo", cluster({ network: { cidr: "10.0.0.0/16", ...network } as NetworkSettings, pools }));
    return servers.filter(({ hasOwnPort }) => hasOwnPort).map(({ name }) => name);
  };
  expect(ports({ externalNetwork: "public" })).toEqual(["demo-control-plane-0", "demo-far-0"]);
  expect(ports({ adopt: ids })).toEqual(["demo-control-plane-0", "demo-default-0", "demo-far-0"]);
  expect(ports({ adopt: ids, workerPorts: false })).toEqual(["demo-control-plane-0", "demo-far-0"]);
});

it("has no floating IP for a virtual address without an external network", () => {
  const network = { cidr: "10.0.0.0/16", adopt: ids };
  expect(wantedOf("demo", cluster({ network, apiEndpoint: { type: "vip", allowedCidrs: [] } }))).toMatchObject({
    networks: 0,
    floatingIps: 0,
    addressPorts: 1,
  });
});

it("has a floating IP and a security group for a bastion of its own, but not for an existing one", () => {
  const own = wantedOf("demo", cluster({ ssh: { bastion: { machine } } }));
  expect([own.floatingIps, own.securityGroups.map(({ length }) => length)]).toEqual([2, [1, 1, 1]]);
  const cidrs = ["192.0.2.0/24", "203.0.113.0/24"];
  const restricted = wantedOf("demo", cluster({ ssh: { bastion: { machine, allowedCidrs: cidrs } } }));
  expect(restricted.securityGroups[2]?.map(({ cidr }) => cidr)).toEqual(cidrs);
  const given = wantedOf("demo", cluster({ ssh: { bastion: { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" } } }));
  expect([given.floatingIps, given.securityGroups.map(({ length }) => length)]).toEqual([1, [1, 2]]);
});
