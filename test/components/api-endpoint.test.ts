import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { type ApiBackend, ApiEndpoint, type ApiEndpointArgs } from "../../components/index.ts";
import { addressOf } from "../../components/openstack/stable-port.ts";
import type { ApiEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import { ID } from "../support/cluster-args.ts";
import { cloudId, deploy, settled } from "../support/deploy.ts";

const allowedCidrs = ["198.51.100.0/24"];
const tags = ["caravan-cluster=demo"];
const MARK = /^caravan-cluster=demo [0-9a-f-]{36} -api$/;
const network = { networkId: "network", subnetId: "subnet", cidr: "10.40.0.0/16", ready: "router" };
const floatingIpPool = { id: "public-id", name: "public" };
const floatingIp = {
  resource: "FloatingIp",
  pool: "public",
  valueSpecs: { floating_network_id: "public-id" },
  description: expect.stringMatching(MARK),
  tags,
};

/** Makes an endpoint and its resources. */
async function make(endpoint: ApiEndpointSettings, more: Partial<ApiEndpointArgs> = {}) {
  let made: ApiEndpoint | undefined;
  const plan = await deploy(() => {
    const ports = [0, 1].map((place) => new openstack.networking.Port(`node-${place}`, { networkId: "network" }));
    const backends = ports.map((port) => ({ portId: port.id, address: addressOf(port) }));
    made = new ApiEndpoint("demo-api", { clusterName: "demo", endpoint, backends, ...more });
  });
  const children = plan.filter(({ parent }) => parent === "demo-api");
  return {
    children: children.map(({ type, inputs }) => ({ resource: type.split(":").pop()!, ...inputs })).sort(byResource),
    lifetimes: Object.fromEntries(children.map(({ type, deletedWith }) => [type.split(":").pop(), deletedWith])),
    endpoint: await settled(pulumi.output(made!.endpoint)),
    address: await settled(made!.address),
  };
}

function byResource(one: { resource: string }, other: { resource: string }): number {
  return one.resource.localeCompare(other.resource, "en");
}

it("associates a floating IP with the first control plane's port", async () => {
  const { children, endpoint, address } = await make({ type: "floatingIp", allowedCidrs }, { floatingIpPool });
  expect(children).toEqual([floatingIp, { resource: "FloatingIpAssociate", floatingIp: "203.0.113.10", portId: "node-0-id" }]);
  expect(endpoint).toEqual({ host: "203.0.113.10", sshHost: "203.0.113.10" });
  expect(address).toBe("203.0.113.10:6443");
});

it("associates an existing floating IP, which it neither makes nor deletes, also without an external network", async () => {
  const given = { floatingIpAddress: "203.0.113.77" };
  const { children, endpoint, lifetimes } = await make({ type: "floatingIp", allowedCidrs, ...given });
  expect(children).toEqual([{ resource: "FloatingIpAssociate", floatingIp: "203.0.113.77", portId: "node-0-id" }]);
  expect({ endpoint, lifetimes }).toEqual({
    endpoint: { host: "203.0.113.77", sshHost: "203.0.113.77" },
    lifetimes: { FloatingIpAssociate: "" },
  });
  const virtual = await make({ type: "vip", allowedCidrs, ...given }, { network });
  expect(virtual.address).toBe("203.0.113.77:8443");
});

it("takes a new floating IP from one of several subnets", async () => {
  const subnets = { floatingIpSubnetIds: [ID, cloudId("subnet", "other")] };
  const { children } = await make({ type: "octavia", allowedCidrs, ...subnets }, { network, floatingIpPool });
  expect(children[0]).toEqual({ ...floatingIp, subnetIds: subnets.floatingIpSubnetIds });
});

it("associates it only once the network is ready, also with control planes that need the endpoint themselves", async () => {
  const plan = await deploy(() => {
    const { id: ready } = new openstack.networking.Router("router");
    const [backends, resolve] = pulumi.deferredOutput<ApiBackend[]>();
    const args = {
      endpoint: { type: "floatingIp" as const, allowedCidrs },
      floatingIpPool,
      network: { ...network, ready },
      backends,
    };
    const { endpoint } = new ApiEndpoint("demo-api", { clusterName: "demo", ...args });
    const port = new openstack.networking.Port("node-0", { networkId: "network", description: endpoint.host });
    resolve(pulumi.all([{ portId: port.id, address: "10.40.0.10" }]));
  });
  const association = plan.find(({ type }) => type.endsWith(":FloatingIpAssociate"));
  expect(association?.inputs.portId).toBe("node-0-id");
  expect(association?.dependencies).toEqual(["demo-api", "node-0", "router"]);
});

it("reserves a virtual address, and associates a floating IP with it", async () => {
  const { children, endpoint, address } = await make({ type: "vip", allowedCidrs }, { network, floatingIpPool });
  expect(children).toEqual([
    floatingIp,
    { resource: "FloatingIpAssociate", floatingIp: "203.0.113.10", portId: "demo-api-id" },
    { resource: "Port", networkId: "network", fixedIps: [{ subnetId: "subnet" }], noSecurityGroups: true, tags },
  ]);
  expect(endpoint).toEqual({ host: "203.0.113.10", nodeHost: "10.40.0.19", port: 8443, virtualAddress: "10.40.0.19" });
  expect(address).toBe("203.0.113.10:8443");
});

it.each([
  ["without an external network", undefined, {}],
  ["when none is wanted", false, { floatingIpPool }],
])("makes a virtual address without a floating IP %s", async (_when, floatingIp, more) => {
  const args = { type: "vip" as const, allowedCidrs, address: "10.40.0.5", port: 443, ...(floatingIp === undefined ? {} : { floatingIp }) };
  const { children, endpoint, address } = await make(args, { network, ...more });
  expect(children).toEqual([
    { resource: "Port", networkId: "network", fixedIps: [{ subnetId: "subnet", ipAddress: "10.40.0.5" }], noSecurityGroups: true, tags },
  ]);
  expect(endpoint).toMatchObject({ host: "10.40.0.19", nodeHost: "10.40.0.19", port: 443 });
  expect(address).toBe("10.40.0.19:443");
});

it("makes a load balancer that accepts users and nodes, keeps idle watches open and checks the health of the control planes", async () => {
  const { children, lifetimes, endpoint, address } = await make({ type: "octavia", allowedCidrs }, { network, floatingIpPool });
  expect(children).toEqual([
    floatingIp,
    { resource: "FloatingIpAssociate", floatingIp: "203.0.113.10", portId: "vip-port" },
    {
      resource: "Listener",
      loadbalancerId: "demo-api-id",
      protocol: "TCP",
      protocolPort: 6443,
      allowedCidrs: ["10.40.0.0/16", "198.51.100.0/24"],
      timeoutClientData: 3_600_000,
      timeoutMemberData: 3_600_000,
      tags,
    },
    { resource: "LoadBalancer", vipSubnetId: "subnet", tags },
    {
      resource: "Members",
      poolId: "demo-api-id",
      members: [
        { address: "10.40.0.10", protocolPort: 6443, subnetId: "subnet" },
        { address: "10.40.0.11", protocolPort: 6443, subnetId: "subnet" },
      ],
    },
    {
      resource: "Monitor",
      poolId: "demo-api-id",
      type: "HTTPS",
      httpMethod: "GET",
      urlPath: "/readyz",
      expectedCodes: "200",
      delay: 5,
      timeout: 3,
      maxRetries: 2,
      maxRetriesDown: 2,
    },
    { resource: "Pool", listenerId: "demo-api-id", protocol: "TCP", lbMethod: "LEAST_CONNECTIONS" },
  ]);
  // Octavia refuses to delete a load balancer with listeners or pools. It deletes members and monitor with their pool.
  expect(lifetimes).toEqual({
    FloatingIp: "",
    FloatingIpAssociate: "demo-api",
    Listener: "",
    LoadBalancer: "",
    Members: "demo-api",
    Monitor: "demo-api",
    Pool: "",
  });
  expect(endpoint).toEqual({ host: "203.0.113.10", nodeHost: "10.40.0.9", port: 6443 });
  expect(address).toBe("203.0.113.10:6443");
});

it("makes only what the OVN provider can do, which keeps the clients' addresses for the control planes' security group", async () => {
  const settings = { type: "octavia" as const, allowedCidrs, provider: "ovn", zone: "az1" };
  const { children } = await make(settings, { network });
  const part = (kind: string) => children.find(({ resource }) => resource === kind);
  expect(part("LoadBalancer")).toEqual({
    resource: "LoadBalancer",
    vipSubnetId: "subnet",
    tags,
    loadbalancerProvider: "ovn",
    availabilityZone: "az1",
  });
  expect(part("Listener")).toMatchObject({ allowedCidrs: [] });
  expect(part("Pool")).toMatchObject({ lbMethod: "SOURCE_IP_PORT" });
  const times = { delay: 5, timeout: 3, maxRetries: 2, maxRetriesDown: 2 };
  expect(part("Monitor")).toEqual({ resource: "Monitor", poolId: "demo-api-id", type: "TCP", ...times });
});

it("takes the given algorithm, monitor and flavor", async () => {
  const flavorId = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
  const settings = { provider: "amphora", algorithm: "ROUND_ROBIN", monitor: "TCP", flavorId } as const;
  const { children } = await make({ type: "octavia", allowedCidrs, ...settings }, { network });
  const part = (kind: string) => children.find(({ resource }) => resource === kind) as Record<string, unknown> | undefined;
  expect([part("LoadBalancer")?.flavorId, part("Pool")?.lbMethod, part("Monitor")?.type]).toEqual([flavorId, "ROUND_ROBIN", "TCP"]);
});

it("makes nothing for an external endpoint", async () => {
  const { children, endpoint, address } = await make({ type: "external", host: "api.example.com", port: 443, allowedCidrs });
  expect(children).toEqual([]);
  expect(endpoint).toEqual({ host: "api.example.com", nodeHost: "api.example.com", port: 443 });
  expect(address).toBe("api.example.com:443");
});

it.each([
  ["k8s.example.com", undefined, "demo.k8s.example.com"],
  ["k8s.example.com.", "api.demo", "api.demo.k8s.example.com"],
])("makes a DNS record for users in the zone %s and keeps the address in the certificate", async (zone, name, host) => {
  const dns = name === undefined ? { zone } : { zone, name };
  const { children, endpoint, address } = await make({ type: "vip", allowedCidrs, dns }, { network, floatingIpPool });
  expect(children.find(({ resource }) => resource === "RecordSet")).toEqual({
    resource: "RecordSet",
    type: "A",
    zoneId: cloudId("dnszone", "k8s.example.com."),
    name: `${host}.`,
    ttl: 300,
    records: ["203.0.113.10"],
    description: expect.stringMatching(MARK),
  });
  expect(endpoint).toMatchObject({ host, nodeHost: "10.40.0.19", certificateNames: ["203.0.113.10"] });
  expect(address).toBe(`${host}:8443`);
});

it("refuses bad arguments, all at once and before it registers anything", () => {
  const endpoint = { type: "vip" as const, allowedCidrs: [], address: "10.50.0.5", port: 6443 };
  expect(() => new ApiEndpoint("demo-api", { clusterName: "demo", endpoint, network })).toThrow(
    'API endpoint "demo-api" has 3 invalid properties:\n' +
      '  endpoint.allowedCidrs: is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]\n' +
      "  endpoint.address: 10.50.0.5 is no address for a machine of the nodes' network 10.40.0.0/16; choose one of it that is not in use\n" +
      "  endpoint.port: 6443 is used on control planes by the API server itself; choose another port, like 8443",
  );
});

it.each([
  [
    { type: "floatingIp", allowedCidrs },
    'floatingIpPool: is missing; an endpoint of type "floatingIp" takes its address from there, so name the external network',
  ],
  [
    { type: "vip", allowedCidrs },
    'network: is missing; an endpoint of type "vip" has its address there, so give the control planes\' network',
  ],
  [
    { type: "octavia", allowedCidrs },
    'network: is missing; an endpoint of type "octavia" has its address there, so give the control planes\' network',
  ],
] as const)("refuses an endpoint without what its type needs: %j", (endpoint, problem) => {
  const args = { clusterName: "demo", endpoint: { ...endpoint, allowedCidrs: [...allowedCidrs] } };
  expect(() => new ApiEndpoint("demo-api", args)).toThrow(`API endpoint "demo-api" has 1 invalid property:\n  ${problem}`);
});
