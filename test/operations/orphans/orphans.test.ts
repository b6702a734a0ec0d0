import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";
import { lookForOrphans, type Orphan, type OrphanSearch, type StackState } from "../../../operations/orphans/orphans.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { generated, resource, stateOf, urnOf } from "../../support/stack-state.ts";

const MARK = "4e03048e-69bb-49a7-80da-5cd5caffa6d1";
/** Metadata of a server with a mark. */
const marked = (mark: string) => ({ metadata: { "caravan-stack": mark } });
const DESCRIPTION = `caravan-cluster=demo ${MARK} -0-data`;

let cloud: FakeOpenStack;

beforeEach(async () => {
  cloud = await startSignedIn();
});

afterEach(() => {
  vi.unstubAllEnvs();
  cloud.stop();
});

function search(state: StackState, more: Partial<OrphanSearch> = {}) {
  const connect = () => OpenStack.connect(cloudSettings());
  return lookForOrphans({ state, connect, readSecrets: async () => state, settleSeconds: 0, ...more });
}

/** Removes the orphans; none of them may be in use. */
async function remove(state: StackState, settleSeconds = 0): Promise<Orphan[]> {
  const { serving, remove: removeFound } = await search(state, { settleSeconds });
  expect(serving).toEqual([]);
  return removeFound(() => {});
}
const titles = (orphans: Orphan[]) => orphans.map(({ kind, id }) => `${kind} ${id}`);

it("sends no request to OpenStack when nothing was interrupted", async () => {
  const pending = [resource("Command", "demo-contact")];
  expect(await remove(stateOf([resource("Network", "demo", { id: "n1" })], pending))).toEqual([]);
  expect(await remove({ deployment: null })).toEqual([]);
  expect(cloud.requests).toEqual([]);
});

describe("the object of a pending creation is removed", () => {
  const own = [
    resource("Network", "demo", { id: "n1" }),
    resource("Subnet", "demo", { id: "s1" }),
    resource("Router", "demo", { id: "r1" }),
    resource("SecGroup", "demo", { id: "g1" }),
    resource("Stash", "demo-pki-cluster", { id: "m1" }),
  ];

  it.each([
    ["Network", "networks", generated("demo-1234567"), { name: "demo-1234567" }],
    ["Router", "routers", generated("demo-1234567"), { name: "demo-1234567" }],
    ["SecGroup", "security_groups", generated("demo-1234567"), { name: "demo-1234567" }],
    ["ServerGroup", "server_groups", generated("demo-1234567"), { name: "demo-1234567" }],
    ["LoadBalancer", "loadbalancers", generated("demo-1234567"), { name: "demo-1234567" }],
    ["Listener", "listeners", generated("demo-1234567"), { name: "demo-1234567" }],
    ["Pool", "pools", generated("demo-1234567"), { name: "demo-1234567" }],
    ["Monitor", "healthmonitors", generated("demo-1234567"), { name: "demo-1234567" }],
    ["Volume", "volumes", { inputs: { name: "demo-0-data", description: DESCRIPTION } }, { name: "demo-0-data", description: DESCRIPTION }],
    [
      "RecordSet",
      "recordsets",
      { inputs: { zoneId: "z1", name: "demo.example.com.", type: "A", description: DESCRIPTION } },
      { name: "demo.example.com.", zone_id: "z1", type: "A", description: DESCRIPTION },
    ],
    ["Subnet", "subnets", generated("demo-1234567", { networkId: "n1" }), { name: "demo-1234567", network_id: "n1" }],
    ["Port", "ports", { inputs: { name: "demo-0", networkId: "n1" } }, { name: "demo-0", network_id: "n1" }],
    [
      "Port",
      "ports",
      { inputs: { name: "demo-0", networkId: "adopted" } },
      { name: "demo-0", network_id: "adopted", security_groups: ["g1", "default"] },
    ],
    ["RouterInterface", "ports", { inputs: { routerId: "r1", subnetId: "s1" } }, { device_id: "r1", subnet_id: "s1" }],
    ["FloatingIp", "floatingips", { inputs: { description: DESCRIPTION } }, { description: DESCRIPTION, floating_ip_address: "192.0.2.1" }],
    [
      "SecGroupRule",
      "security_group_rules",
      { inputs: { securityGroupId: "g1", direction: "ingress", ethertype: "IPv4", protocol: "tcp", portRangeMin: 22, portRangeMax: 22 } },
      { security_group_id: "g1", direction: "ingress", ethertype: "IPv4", protocol: "tcp", port_range_min: 22, port_range_max: 22 },
    ],
    ["Instance", "servers", generated("demo-0-1234567", marked("m2")), { name: "demo-0-1234567", ...marked("m2") }],
    ["Instance", "servers", { inputs: { name: "demo-0", ...marked("m1") } }, { name: "demo-0", ...marked("m1") }],
  ] as const)("%s of %s %j", async (type, key, inputs, object) => {
    cloud.objects[key] = [{ id: "lost", ...object }];
    const [removed] = await remove(stateOf(own, [resource(type, "demo-lost", inputs)]));
    expect(removed).toMatchObject({ urn: urnOf(type, "demo-lost") });
    expect(cloud.names).toEqual([]);
  });
});

describe("an object that may belong to somebody else stays", () => {
  it.each([
    ["a name that was given may be given twice", "Network", "networks", { inputs: { name: "shared" } }, { name: "shared" }],
    [
      "a server with another mark",
      "Instance",
      "servers",
      { inputs: { name: "demo-0", ...marked("m1") } },
      { name: "demo-0", ...marked("m2") },
    ],
    [
      "a server with a mark of somebody's",
      "Instance",
      "servers",
      { inputs: { name: "demo-0", ...marked("m") } },
      { name: "demo-0", ...marked("m") },
    ],
    ["a server without a mark", "Instance", "servers", { inputs: { name: "demo-0" } }, { name: "demo-0" }],
    [
      "a port on a network of somebody's",
      "Port",
      "ports",
      { inputs: { name: "demo-0", networkId: "n" } },
      { name: "demo-0", network_id: "n" },
    ],
    [
      "an interface of a router of somebody's",
      "RouterInterface",
      "ports",
      { inputs: { routerId: "r", subnetId: "s" } },
      { device_id: "r", subnet_id: "s" },
    ],
    [
      "a floating IP that is described as many are",
      "FloatingIp",
      "floatingips",
      { inputs: { description: "web" } },
      { description: "web" },
    ],
    [
      "a volume that was restored from a backup under a name of its own",
      "Volume",
      "volumes",
      { inputs: { name: "demo-0-data", description: DESCRIPTION } },
      { name: "restored", description: DESCRIPTION },
    ],
    ["a volume that is named alike", "Volume", "volumes", { inputs: { name: "demo-0-data" } }, { name: "demo-0-data" }],
    ["a floating IP without a description", "FloatingIp", "floatingips", {}, { description: "" }],
    [
      "a rule of a group of somebody's",
      "SecGroupRule",
      "security_group_rules",
      { inputs: { securityGroupId: "g" } },
      { security_group_id: "g" },
    ],
  ] as const)("%s", async (_title, type, key, inputs, object) => {
    cloud.objects[key] = [{ id: "foreign", ...object }];
    expect(await remove(stateOf([], [resource(type, "demo", inputs)]))).toEqual([]);
    expect(cloud.objects[key]).toHaveLength(1);
  });

  it("another rule of the same group", async () => {
    const pending = resource("SecGroupRule", "ssh", { inputs: { securityGroupId: "g1", direction: "ingress", protocol: "tcp" } });
    cloud.objects.security_group_rules = [{ id: "egress", security_group_id: "g1", direction: "egress" }];
    expect(await remove(stateOf([resource("SecGroup", "demo", { id: "g1" })], [pending]))).toEqual([]);
  });
});

it("never removes an object in the state, whatever was interrupted", async () => {
  const places = { Network: "networks", Router: "routers", Port: "ports", Instance: "servers" } as const;
  const objects = fc.array(
    fc.record({
      type: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
      name: fc.constantFrom("a", "b"),
      known: fc.boolean(),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(objects, async (all) => {
      const inputs = (name: string) => generated(name, { networkId: "n1", ...marked("m") });
      const made = all.map((each, index) => ({ ...each, id: `id-${index}` }));
      cloud.objects.networks = [];
      for (const [type, key] of Object.entries(places)) {
        const own = made.filter((each) => each.type === type);
        cloud.objects[key] = own.map(({ id, name }) => ({ id, name, network_id: "n1", ...marked("m") }));
      }
      const known = made.filter((each) => each.known);
      const state = stateOf(
        known.map(({ type, name, id }) => resource(type, name, { id, ...inputs(name) })),
        made.map(({ type, name }) => resource(type, name, inputs(name))),
      );
      const removed = await remove(state);
      expect(removed.map(({ id }) => id).sort()).toEqual(
        made
          .filter((each) => !each.known)
          .map(({ id }) => id)
          .sort(),
      );
      expect(Object.values(cloud.objects).flat()).toHaveLength(known.length);
    }),
    { numRuns: 25 },
  );
});

it("removes what a failed creation left on the cluster's own network, and nothing else on it", async () => {
  const parent = urnOf("ClusterNetwork", "demo-network");
  const network = resource("Network", "demo-network", { id: "n1", parent });
  const names = ["demo-network-1234567", "demo-network-extra", "other-1234567"];
  cloud.objects.subnets = names.map((name) => ({ id: name, name, network_id: "n1" }));
  cloud.objects.subnets.push({ id: "elsewhere", name: "demo-network-1234567", network_id: "n2" });
  expect(titles(await remove(stateOf([resource("ClusterNetwork", "demo-network"), network])))).toEqual(["subnet demo-network-1234567"]);
});

it("removes the orphans of a run that ended before it wrote the state, and nothing of a pool in another stack", async () => {
  const pool = resource("NodePool", "demo-web", { outputs: { nodes: [] } });
  const owner = resource("Stash", "demo-web-owner", { id: "m1", parent: pool.urn });
  const worker = resource("Instance", "demo-web-0", { id: "known", parent: pool.urn });
  const state = stateOf([pool, owner, worker, resource("Stash", "demo-web-gpu-owner", { id: "m2" })]);
  const server = (id: string, node: string, mark: string) => ({ id, name: `${node}-1234567`, ...marked(mark) });
  cloud.objects.servers = [
    server("known", "demo-web-0", "m1"),
    server("lost", "demo-web-1", "m1"),
    server("of another pool", "demo-web-gpu-0", "m2"),
    server("of another stack", "demo-web-1", "m3"),
  ];
  expect(await remove(state)).toEqual([]);
  vi.stubEnv("PULUMI_SKIP_CHECKPOINTS", "true");
  expect(titles(await remove(state))).toEqual(["server lost"]);
});

describe("an orphan that only its mark identifies", () => {
  const OWN = "0b8f0b5e-53a8-4d5e-a1ce-4c64b8ab0f4c";
  const OTHER = "7d9c7a52-9d0e-4b6f-8f62-0d0c9a2f4a11";
  const described = (mark: string, name = "") => `caravan-cluster=demo ${mark} ${name || "demo"}`;
  const stash = resource("Stash", "demo-pki-cluster", { id: OWN });

  it.each([
    ["ClusterNetwork", "networks", "demo"],
    ["ClusterNetwork", "routers", "demo"],
    ["ClusterNetwork", "security_groups", "demo-nodes"],
    ["ApiEndpoint", "floatingips", "demo"],
    ["ApiEndpoint", "recordsets", "demo"],
    ["Bastion", "floatingips", "demo"],
    ["Bastion", "security_groups", "demo"],
  ])("of a %s among the %s is removed, and of another stack with the same cluster name nothing", async (component, key, name) => {
    const record = key === "recordsets" ? { zone_id: "z1", type: "A" } : {};
    cloud.objects[key] = [
      { id: "lost", description: described(OWN, name), ...record },
      { id: "known", description: described(OWN, name) },
      { id: "of another component", description: described(OWN, "another") },
      { id: "of another stack", description: described(OTHER, name) },
      { id: "of nobody", description: "" },
      { id: "without a mark", description: "caravan-cluster=demo" },
    ];
    const known = resource("RecordSet", "elsewhere", { id: "z1/known" });
    const removed = await remove(stateOf([stash, known, resource(component, "demo")]));
    expect(removed.map(({ id, urn }) => [id, urn])).toEqual([["lost", urnOf(component, "demo")]]);
    const others = ["known", "of another component", "of another stack", "of nobody", "without a mark"];
    expect(cloud.objects[key].map(({ id }) => id)).toEqual(others);
  });

  it.each([
    ["ApiEndpoint", "FloatingIp", "floatingips"],
    ["ClusterNetwork", "Network", "networks"],
    ["Bastion", "SecGroup", "security_groups"],
  ])("of a %s whose %s the state has is a predecessor that was kept", async (component, type, key) => {
    cloud.objects[key] = [{ id: "kept", description: described(OWN) }];
    expect(await remove(stateOf([stash, resource(component, "demo"), resource(type, "demo", { id: "now" })]))).toEqual([]);
  });

  it("is a data volume of a member without one, but no copy of another member's", async () => {
    const etcd = resource("EtcdCluster", "demo-etcd");
    const volume = resource("Volume", "demo-etcd-0-data", { id: "known", parent: etcd.urn });
    const [of0, of1] = [described(OWN, "-etcd-0-data"), described(OWN, "-etcd-1-data")];
    cloud.objects.volumes = [
      { id: "lost", name: "demo-etcd-1-data", description: of1 },
      { id: "known", name: "demo-etcd-0-data", description: of0 },
      { id: "copy", name: "demo-etcd-0-data", description: of0 },
      { id: "of another name", name: "restored", description: of1 },
      { id: "of another stack", name: "demo-etcd-1-data", description: described(OTHER, "-etcd-1-data") },
    ];
    expect(titles(await remove(stateOf([stash, etcd, volume])))).toEqual(["volume lost"]);
  });

  it("is not searched for in services that the cloud does not have", async () => {
    cloud.services = ["compute", "network"];
    expect(await remove(stateOf([stash, resource("EtcdCluster", "demo-etcd")]))).toEqual([]);
  });

  it("is a rule of a security group, whose other rules stay", async () => {
    const group = resource("SecGroup", "demo", { id: "g1", parent: urnOf("ClusterNetwork", "demo") });
    const rule = (id: string, description: string, security_group_id = "g1") => ({ id, description, security_group_id });
    cloud.objects.security_group_rules = [rule("lost", described(OWN)), rule("of a person", ""), rule("elsewhere", described(OWN), "g2")];
    expect(titles(await remove(stateOf([stash, resource("ClusterNetwork", "demo"), group])))).toEqual(["security group rule lost"]);
  });

  it("is not searched for once the component is complete", async () => {
    cloud.objects.networks = [{ id: "n", description: described(OWN) }];
    expect(await remove(stateOf([stash, resource("ClusterNetwork", "demo", { outputs: { ready: true } })]))).toEqual([]);
    expect(cloud.requests).toEqual([]);
  });

  it("does not have the id of a resource that the stack only reads", async () => {
    cloud.objects.networks = [{ id: "n", description: described(OTHER) }];
    const read = resource("Network", "shared", { id: OTHER, external: true });
    expect(await remove(stateOf([stash, read, resource("ClusterNetwork", "demo")]))).toEqual([]);
  });
});

it("removes an object once that is both a pending creation and a missing part", async () => {
  const [controlPlane, stash] = [resource("ControlPlane", "demo"), resource("Stash", "demo-pki-cluster", { id: "m" })];
  const pending = resource("Instance", "demo-0", { inputs: { name: "demo-0", ...marked("m") } });
  cloud.objects.servers = [{ id: "lost", name: "demo-0", ...marked("m") }];
  expect(titles(await remove(stateOf([controlPlane, stash], [pending])))).toEqual(["server lost"]);
});

it("removes the object of a pending creation that has an id already, unless the resource is in the state", async () => {
  const made = [
    resource("Instance", "a", { id: "s1", ...generated("a-1234567") }),
    resource("Instance", "b", { id: "s2", ...generated("b-1234567") }),
  ];
  cloud.objects.servers = [
    { id: "s1", name: "a-1234567" },
    { id: "s2", name: "b-1234567" },
  ];
  expect(titles(await remove(stateOf([made[1]!], made)))).toEqual(["server s1"]);
});

it("lists all servers once, page by page, when many may be lost", async () => {
  const pending = Array.from({ length: 20 }, (_, index) => resource("Instance", `w-${index}`, generated(`w-${index}-1234567`)));
  const others = [{ id: "other", name: "w-0-7654321" }];
  cloud.objects.servers = [...others, { id: "s3", name: "w-3-1234567" }, { id: "s19", name: "w-19-1234567" }];
  cloud.pageSize = 2;
  expect(titles(await remove(stateOf([], pending)))).toEqual(["server s3", "server s19"]);
  expect(cloud.requests.filter((request) => request.endsWith("/servers/detail"))).toHaveLength(2);
  expect(cloud.objects.servers).toEqual(others);
});

it("removes servers before ports, and networks last", async () => {
  const names = ["Network", "Subnet", "Router", "Port", "Instance"];
  const pending = names.map((type) => resource(type, type, generated(`${type}-1234567`, { networkId: "n1" })));
  for (const [index, key] of ["networks", "subnets", "routers", "ports", "servers"].entries()) {
    cloud.objects[key] = [{ id: `${key}-id`, name: `${names[index]}-1234567`, network_id: "n1" }];
  }
  expect(titles(await remove(stateOf([], pending)))).toEqual([
    "server servers-id",
    "port ports-id",
    "router routers-id",
    "subnet subnets-id",
    "network networks-id",
  ]);
});

it("reports each orphan before its removal", async () => {
  cloud.objects.networks = [{ id: "lost", name: "demo-1234567" }];
  const found: [Orphan, number][] = [];
  const pending = resource("Network", "demo", generated("demo-1234567"));
  const orphans = await search(stateOf([], [pending]));
  expect(orphans.found).toEqual([{ kind: "network", id: "lost", name: "demo-1234567", urn: urnOf("Network", "demo") }]);
  await orphans.remove((orphan) => found.push([orphan, cloud.objects.networks!.length]));
  expect(found).toEqual([[{ kind: "network", id: "lost", name: "demo-1234567", urn: urnOf("Network", "demo") }, 1]]);
});

it("retries the deletion of an object that something else still uses", async () => {
  cloud.objects.networks = [{ id: "lost", name: "demo-1234567" }];
  cloud.refusals.set("/network/v2.0/networks/lost", [409]);
  await remove(stateOf([], [resource("Network", "demo", generated("demo-1234567"))]));
  expect(cloud.names).toEqual([]);
});

it("waits for late requests of the interrupted run", async () => {
  const pending = resource("Network", "demo", generated("demo-1234567"));
  setTimeout(() => {
    cloud.objects.networks = [{ id: "late", name: "demo-1234567" }];
  }, 1200);
  expect(titles(await remove(stateOf([], [pending]), 5))).toEqual(["network late"]);
}, 10_000);

it("does not wait for a resource that a later run has created", async () => {
  const pending = resource("Network", "demo", generated("demo-1234567"));
  const start = Date.now();
  expect(await remove(stateOf([resource("Network", "demo", { id: "n2" })], [pending]), 5)).toEqual([]);
  expect(Date.now() - start).toBeLessThan(1000);
});

it("reports a refusal of OpenStack", async () => {
  cloud.refusals.set("/network/v2.0/networks", [403]);
  await expect(remove(stateOf([], [resource("Network", "demo", generated("demo-1234567"))]))).rejects.toThrow("403 refused by the test");
});
