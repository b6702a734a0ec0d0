import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { signIn } from "../../../clients/openstack/sign-in.ts";
import { checkNames } from "../../../operations/names/check-names.ts";
import type { StackState } from "../../../operations/state/stack-state.ts";
import { TYPES } from "../../../operations/state/types.ts";
import { ID, machine, mini } from "../../support/cluster-args.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";

const OTHER = "c0ffee00-1111-4222-9333-444455556666";

let cloud: FakeOpenStack;
let warnings: string[];
let state: StackState;

beforeEach(async () => {
  cloud = await startSignedIn();
  cloud.objects.availabilityZoneInfo = [
    { zoneName: "nova", zoneState: { available: true } },
    { zoneName: "closed", zoneState: { available: false } },
  ];
  cloud.objects.volume_types = [{ id: "t1", name: "ssd" }];
  cloud.objects.server_groups = [{ id: ID, name: "web" }];
  cloud.objects.networks = [
    { id: ID, name: "company", "router:external": false },
    { id: OTHER, name: "public", "router:external": true },
  ];
  cloud.objects.subnets = [{ id: ID, name: "company", network_id: ID, cidr: "10.40.0.0/16" }];
  cloud.objects.routers = [{ id: ID, name: "company" }];
  cloud.objects.security_groups = [{ id: ID, name: "web" }];
  cloud.objects.zones = [{ id: ID, name: "k8s.example.com." }];
  cloud.objects.images = [{ id: ID, name: "node" }];
  cloud.objects.flavors = [{ id: "f1", name: "node.small" }];
  state = {};
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => void warnings.push(text));
});

afterEach(() => {
  cloud.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Cluster that names something of every kind. */
const everything = (name: string, id: string) => ({
  network: { adopt: { networkId: id, subnetId: id, routerId: id }, cidr: "10.40.0.0/16", externalNetwork: "public" },
  apiEndpoint: { type: "octavia" as const, allowedCidrs: ["198.51.100.0/24"], dns: { zone: id } },
  etcd: {
    topology: "external" as const,
    machine: { ...machine, availabilityZones: ["nova", name] },
    dataVolume: { size: 20, type: name, availabilityZones: [name] },
  },
  pools: {
    web: {
      count: 1,
      machine: { ...machine, availabilityZones: [name], volume: { size: 20, type: name } },
      network: { networkId: id, subnetId: id, cidr: "10.40.0.0/16" },
    },
    db: { count: 1, machine: { ...machine, availabilityZones: ["nova:compute-7"], serverGroup: { id }, securityGroups: [id] } },
  },
});
const check = (changes: object = {}) =>
  checkNames(
    "demo",
    { ...mini, ...changes },
    () => signIn(),
    async () => state,
  );
const linesOf = async (changes: object) => ((await check(changes).catch((error) => error)) as Error | undefined)?.message.split("\n");

it("lists nothing for a cluster whose names the plugin looks up", async () => {
  await check();
  expect(cloud.requests).toEqual([]);
});

it("accepts what there is, by one listing for each kind", async () => {
  const { pools, ...others } = everything("nova", ID);
  pools.web.machine.volume.type = others.etcd.dataVolume.type = "ssd";
  await check({ ...others, pools });
  expect(cloud.requests.sort()).toEqual([
    "GET /compute/os-availability-zone",
    "GET /compute/os-server-groups",
    "GET /dns/v2/zones",
    "GET /network/v2.0/networks",
    "GET /network/v2.0/routers",
    "GET /network/v2.0/security-groups",
    "GET /network/v2.0/subnets",
    "GET /volumev3/os-availability-zone",
    "GET /volumev3/types",
    "POST /v3/auth/tokens",
  ]);
  expect(warnings).toEqual([]);
});

it("names all that is missing at once, with the nearest that there is, and what the plugin would look up", async () => {
  const wrong = ID.replace("3fa8", "3fa9");
  const { pools, ...others } = everything("nova1", wrong);
  const controlPlane = { machine: { image: "nodes", flavor: "huge" } };
  expect(await linesOf({ ...others, pools, controlPlane, network: { ...others.network, externalNetwork: "pubic" } })).toEqual([
    'Kubernetes cluster "demo" has 16 invalid properties:',
    '  network.externalNetwork: there is no external network "pubic" for this project; use "public"',
    `  network.adopt.networkId: there is no network "${wrong}" for this project; use "${ID}"`,
    `  network.adopt.subnetId: there is no subnet "${wrong}" for this project; use "${ID}"`,
    `  network.adopt.routerId: there is no router "${wrong}" for this project; use "${ID}"`,
    `  apiEndpoint.dns.zone: there is no DNS zone "${wrong}" for this project; use "${ID}"`,
    '  controlPlane.machine.image: there is no image "nodes" for this project; use "node"',
    '  controlPlane.machine.flavor: there is no flavor "huge" for this project; `openstack flavor list` shows those that there are',
    '  etcd.machine.availabilityZones[1]: there is no availability zone "nova1" for this project; use "nova"',
    '  etcd.dataVolume.type: there is no volume type "nova1" for this project; `openstack volume type list` shows those that there are',
    '  etcd.dataVolume.availabilityZones[0]: there is no availability zone of volumes "nova1" for this project; use "nova"',
    '  pools.web.machine.availabilityZones[0]: there is no availability zone "nova1" for this project; use "nova"',
    '  pools.web.machine.volume.type: there is no volume type "nova1" for this project; `openstack volume type list` shows those that there are',
    `  pools.web.network.networkId: there is no network "${wrong}" for this project; use "${ID}"`,
    `  pools.web.network.subnetId: there is no subnet "${wrong}" for this project; use "${ID}"`,
    `  pools.db.machine.serverGroup.id: there is no server group "${wrong}" for this project; use "${ID}"`,
    `  pools.db.machine.securityGroups[0]: there is no security group "${wrong}" for this project; use "${ID}"`,
  ]);
});

it("refuses a subnet of another network, and other addresses than the subnet's", async () => {
  cloud.objects.subnets = [{ id: ID, network_id: OTHER, cidr: "10.41.0.0/24" }];
  const network = { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16", externalNetwork: "public" };
  expect(await linesOf({ network })).toEqual([
    'Kubernetes cluster "demo" has 2 invalid properties:',
    `  network.adopt.subnetId: "${ID}" is a subnet of the network ${OTHER}; give one of network.adopt.networkId`,
    "  network.cidr: 10.40.0.0/16 is not that of the subnet; write 10.41.0.0/24",
  ]);
});

const adopted = { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16", externalNetwork: "public" };

it("refuses an adopted network whose ports Neutron gives no security groups", async () => {
  cloud.objects.networks = [
    { id: ID, name: "company", port_security_enabled: false },
    { id: OTHER, name: "public", "router:external": true },
  ];
  expect(await linesOf({ network: adopted })).toEqual([
    'Kubernetes cluster "demo" has 1 invalid property:',
    `  network.adopt.networkId: "${ID}" has port security off, so Neutron gives its ports no security groups; turn it on with \`openstack network set --enable-port-security ${ID}\`, or give another network`,
  ]);
});

it("refuses a subnet of IPv6, a router for a subnet without gateway, and a choice of Nova's among several IPv4 subnets", async () => {
  const [OF_POOL, THIRD] = ["0badcafe-1111-4222-9333-444455556666", "0badcafe-2222-4222-9333-444455556666"];
  cloud.objects.subnets = [
    { id: ID, network_id: ID, cidr: "10.40.0.0/16", ip_version: 4, gateway_ip: null },
    { id: OTHER, network_id: ID, cidr: "10.41.0.0/16", ip_version: 4 },
    { id: THIRD, network_id: ID, cidr: "2001:db8::/64", ip_version: 6 },
    { id: OF_POOL, network_id: OTHER, cidr: "2001:db8:1::/64", ip_version: 6 },
  ];
  const network = { ...adopted, adopt: { ...adopted.adopt, routerId: ID }, workerPorts: false };
  const far = { count: 1, machine, network: { networkId: OTHER, subnetId: OF_POOL, cidr: "10.50.0.0/24" } };
  expect(await linesOf({ network, pools: { far } })).toEqual([
    'Kubernetes cluster "demo" has 3 invalid properties:',
    "  pools.far.network.cidr: 10.50.0.0/24 is not that of the subnet, which is one of IPv6, 2001:db8:1::/64; give an IPv4 subnet",
    `  network.adopt.routerId: cannot be linked to the subnet ${ID}, which has no gateway; give it one with \`openstack subnet set --gateway ADDRESS ${ID}\`, or leave routerId out`,
    `  network.workerPorts: false lets Nova choose among the network's IPv4 subnets, and it has others: ${OTHER}; use true`,
  ]);
  expect(await linesOf({ network: adopted })).toBeUndefined();
});

it("warns of a subnet without DHCP and gateway, and of a virtual address in another project's network", async () => {
  cloud.objects.networks = [{ id: ID, name: "company", project_id: "another" }];
  cloud.objects.subnets = [{ id: ID, network_id: ID, cidr: "10.40.0.0/16", enable_dhcp: false, gateway_ip: null }];
  await check({ network: adopted, apiEndpoint: { type: "vip", allowedCidrs: ["198.51.100.0/24"], floatingIp: false } });
  expect(warnings).toEqual([
    `network.adopt.subnetId: ${ID} has no DHCP, so machines have an address only where the cloud gives them a config drive`,
    `network.adopt.subnetId: ${ID} has no gateway, so nodes reach nothing outside of it`,
    `network.adopt.networkId: ${ID} belongs to another project, where Neutron allows the address pairs of apiEndpoint.type "vip" to administrators only, unless the cloud has other rules; otherwise use "octavia" or "external"`,
  ]);
});

/**
 * Kinds that can be named by name or id, with their collection and a property. Networks, subnets, routers and server groups have ids only
 * (test/docs/rules.test.ts). Zones and volume types have unique names in Nova and Cinder, and go into requests as they are given.
 */
const BY_NAME: [kind: string, collection: string, name: string, settings: (given: string) => object][] = [
  ["image", "images", "node", (image) => ({ controlPlane: { machine: { ...machine, image } } })],
  ["flavor", "flavors", "node.small", (flavor) => ({ controlPlane: { machine: { ...machine, flavor } } })],
  ["external network", "networks", "public", (externalNetwork) => ({ network: { ...mini.network, externalNetwork } })],
  ["DNS zone", "zones", "k8s.example.com.", (zone) => ({ apiEndpoint: { ...mini.apiEndpoint, dns: { zone } } })],
];

it.each(BY_NAME)("refuses the name of several %ss with their ids, and accepts the id of one", async (kind, collection, name, settings) => {
  cloud.objects[collection] = [OTHER, ID].map((id) => ({ id, name, "router:external": true }));
  // What the plugin looks up is listed only beside something else that is wrong.
  const pools = { web: { count: 1, machine: { ...machine, availabilityZones: ["nova1"] } } };
  const of = async (given: string) => (await linesOf({ pools, ...settings(given) }))!.filter((line) => line.includes("several"));
  expect(await of(name)).toEqual(
    Array(collection === "images" || collection === "flavors" ? 2 : 1).fill(
      expect.stringMatching(
        new RegExp(`: "${name}" cannot be used: there are several ${kind}s of that name, so give the id of one: ${ID}, ${OTHER}$`),
      ),
    ),
  );
  expect((await of(ID)).filter((line) => !line.includes("pools."))).toEqual([]);
});

it("refuses a zone that is closed, and an image by an id that there is none of", async () => {
  expect(await linesOf({ controlPlane: { machine: { ...machine, availabilityZones: ["closed"], image: OTHER } } })).toEqual([
    'Kubernetes cluster "demo" has 2 invalid properties:',
    `  controlPlane.machine.image: there is no image "${OTHER}" for this project; \`openstack image list\` shows those that there are`,
    '  controlPlane.machine.availabilityZones[0]: there is no availability zone "closed" for this project; `openstack availability zone list` shows those that there are',
  ]);
});

it("refuses a floating IP that there is none of, and one that something else uses, but not the stack's own", async () => {
  cloud.objects.floatingips = [
    { id: ID, floating_ip_address: "203.0.113.10", port_id: null },
    { id: OTHER, floating_ip_address: "203.0.113.11", port_id: "p1" },
  ];
  const endpoint = (floatingIpAddress: string) => ({ apiEndpoint: { ...mini.apiEndpoint, floatingIpAddress } });
  expect(await linesOf(endpoint("203.0.113.10"))).toBeUndefined();
  expect((await linesOf(endpoint("203.0.113.99")))?.[1]).toContain(
    '  apiEndpoint.floatingIpAddress: there is no floating IP "203.0.113.99" for this project; use "203.0.113.',
  );
  expect((await linesOf(endpoint("203.0.113.11")))?.[1]).toBe(
    "  apiEndpoint.floatingIpAddress: 203.0.113.11 is in use by the port p1; give one that nothing uses, or free it with `openstack floating ip unset --port 203.0.113.11`",
  );
  const inputs = { floatingIp: "203.0.113.11" };
  state = { deployment: { resources: [{ urn: "urn", type: TYPES.floatingIpAssociation, inputs }] } };
  expect(await linesOf(endpoint("203.0.113.11"))).toBeUndefined();
});

it("leaves values that become known only in a run to the run", async () => {
  await check({ controlPlane: { machine: { ...machine, availabilityZones: [pulumi.output("nova1")] } } });
  expect(cloud.requests).toEqual([]);
});

it("warns of a listing that is refused, and checks the rest", async () => {
  cloud.refusals.set("/volumev3/types", [403]);
  const { pools, ...others } = everything("nova1", ID);
  expect((await linesOf({ ...others, pools }))?.[0]).toBe('Kubernetes cluster "demo" has 3 invalid properties:');
  expect(warnings).toEqual([
    `each volume type that the cluster names was not looked up in OpenStack: GET ${cloud.url}/volumev3/types: 403 refused by the test`,
  ]);
});

it("leaves invalid arguments to the component, which reports them", async () => {
  await check({ controlPlane: { count: 2, machine: { ...machine, availabilityZones: ["nova1"] } } });
  expect(cloud.requests).toEqual([]);
});
