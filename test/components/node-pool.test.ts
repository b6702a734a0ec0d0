import * as openstack from "@pulumi/openstack";
import { expect, it } from "vitest";
import { NodePool, type NodePoolArgs } from "../../components/index.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput, shellAssignments } from "../../lib/node/shell.ts";
import { preparationInput } from "../../lib/node/software.ts";
import { changes } from "../support/changes.ts";
import { ID, machine } from "../support/cluster-args.ts";
import { cloudId, deploy, type Registered, settled } from "../support/deploy.ts";
import { filesOf, orderOf, variable } from "../support/orders.ts";

/** Labels that tell the place of every machine. */
const topology = "topology.kubernetes.io/region=RegionOne topology.kubernetes.io/zone=nova";

const controlPlane = { name: "demo-control-plane-0", id: "id-0", address: "10.40.0.10", hostKey: "ssh-ed25519 AAAA" };

/** Arguments of plain data only: no other component is needed. */
const args: NodePoolArgs = {
  count: 2,
  machine: { ...machine, availabilityZones: ["nova"] },
  clusterName: "demo",
  pool: "web",
  kubernetesVersion: "1.36.3",
  network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
  join: { endpoint: "10.40.0.10:6443", ca: "ABC", controlPlanes: [controlPlane] },
  ssh: { user: "debian", port: 2222, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
  labels: { tier: "web", zone: "a" },
  taints: [
    { key: "gpu", value: "true", effect: "NoSchedule" },
    { key: "spot", effect: "NoExecute" },
  ],
};

/** State of an earlier run. */
const earlier = [{ type: "pulumi:index:Stash", name: "demo-web-owner", inputs: { input: "0123456789" } }] as unknown as Registered[];

const planOf = (more: Partial<NodePoolArgs> = {}, failing: string[] = []) =>
  deploy(() => new NodePool("demo-web", { ...args, ...more }), earlier, failing);

it("makes a server for each node, and one contact and one join for all", async () => {
  expect((await planOf()).map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:NodePool demo-web < ",
    "openstack:compute/instance:Instance demo-web-0 < demo-web",
    "openstack:compute/instance:Instance demo-web-1 < demo-web",
    "command:local:Command demo-web-contact-0 < demo-web",
    "command:local:Command demo-web-join-0 < demo-web",
    "pulumi:index:Stash demo-web-owner < demo-web",
  ]);
});

it("makes servers with names that Pulumi generates, so that a new one can join before the old one is deleted", async () => {
  const server = (await planOf()).find(({ name }) => name === "demo-web-0");
  expect(server?.deleteBeforeReplace).toBe(false);
  expect(server?.inputs).toEqual({
    imageId: cloudId("image", "node"),
    flavorId: cloudId("flavor", "node.small"),
    userData: expect.stringContaining("#cloud-config\n"),
    metadata: { "caravan-cluster": "demo", "caravan-pool": "web", "caravan-stack": "demo-web-owner-id" },
    tags: ["caravan-cluster=demo"],
    availabilityZone: "nova",
    networks: [{ uuid: "network" }],
    securityGroups: ["nodes"],
  });
});

/** Network with other subnets than the cluster's. */
const shared = { ...args.network, securityGroupIds: ["nodes-id"], workerPorts: true };

it("makes a port in the subnet before each server, where Nova would choose among several subnets", async () => {
  let pool: NodePool | undefined;
  const plan = await deploy(() => {
    pool = new NodePool("demo-web", { ...args, network: shared });
  });
  const [server, port] = ["Instance", "Port"].map(
    (type) => plan.find((each) => each.name === "demo-web-1" && each.type.endsWith(`:${type}`))!,
  );
  expect(port?.inputs).toEqual({
    networkId: "network",
    fixedIps: [{ subnetId: "subnet" }],
    securityGroupIds: ["nodes-id"],
    tags: ["caravan-cluster=demo"],
  });
  expect([server?.inputs.networks, server?.inputs.securityGroups]).toEqual([[{ port: "demo-web-1-id" }], undefined]);
  // So the port is deleted after the server.
  expect(server?.dependencies).toEqual(["demo-web-1", "demo-web-owner"]);
  const addresses = ["10.40.0.10", "10.40.0.11"];
  expect((await settled(pool!.nodes)).map(({ address }) => address)).toEqual(addresses);
  expect(orderOf(plan, "demo-web-join-0").hosts.map(({ address }) => address)).toEqual(addresses);
});

it("replaces such a port with whatever recreates its server, and with nothing else", async () => {
  const triggersOf = async (changed: object) => {
    const plan = await planOf({ count: 1, network: shared, machine: { ...args.machine, ...changed } });
    return plan.find(({ type }) => type.endsWith(":Port"))?.replacementTrigger;
  };
  const trigger = await triggersOf({});
  for (const kept of [{ flavor: "node.large" }, { tags: ["a"] }, { metadata: { a: "b" } }, { availabilityZones: ["other"] }])
    expect(await triggersOf(kept)).toBe(trigger);
  for (const changed of [{ image: "newer" }, { volume: { size: 20 } }, { serverGroup: { id: ID } }])
    expect(await triggersOf(changed)).not.toBe(trigger);
});

it("continues without a machine whose port was not created", async () => {
  const plan = await planOf({ network: shared }, ["demo-web-1"]);
  const { hosts, absent } = orderOf(plan, "demo-web-join-0");
  expect([hosts.map(({ name }) => name), absent]).toEqual([["demo-web-0-0000000"], ["demo-web-1"]]);
});

it("requires the ids of security groups for ports", () => {
  expect(() => new NodePool("demo-web", { ...args, network: { ...args.network, workerPorts: true } })).toThrow(
    "network.securityGroupIds: is missing; with workerPorts true, Neutron takes the ids of the security groups, so give them",
  );
});

it("removes a node from the middle, and changes only the two commands of its batch", async () => {
  expect(changes(await planOf({ count: 80 }), await planOf({ count: 80, without: ["7"] }))).toEqual([
    "~ command:local:Command demo-web-contact-0: stdin",
    "~ command:local:Command demo-web-join-0: stdin",
    "- openstack:compute/instance:Instance demo-web-7",
  ]);
});

it("adds nodes only to the last batch and to new ones", async () => {
  const all = changes(await planOf({ count: 80 }), await planOf({ count: 130 }));
  expect(all.filter((line) => !line.includes(":Instance "))).toEqual([
    "~ command:local:Command demo-web-contact-1: stdin",
    "+ command:local:Command demo-web-contact-2",
    "~ command:local:Command demo-web-join-1: stdin",
    "+ command:local:Command demo-web-join-2",
  ]);
  expect(all.filter((line) => line.includes(":Instance "))).toHaveLength(50);
});

it("changes labels and taints without a change of machines", async () => {
  expect(changes(await planOf(), await planOf({ labels: {}, taints: [] }))).toEqual(["~ command:local:Command demo-web-join-0: stdin"]);
});

it("prepares the machines at first contact, and learns their host keys", async () => {
  const order = orderOf(await planOf(), "demo-web-contact-0");
  expect(order).toEqual({
    once: true,
    ssh: { user: "debian", port: 2222, privateKey: "key" },
    hosts: [
      { name: "demo-web-0-0000000", id: "demo-web-0-id", address: "10.40.1.0", topology },
      { name: "demo-web-1-0000000", id: "demo-web-1-id", address: "10.40.1.1", topology },
    ],
    command: scriptFromInput("debian", 900),
    script: nodeScript("prepare"),
    input: shellAssignments(preparationInput({ kubernetesVersion: "1.36.3" })),
    deadline: 900,
    tolerant: true,
    rsaHostKeys: true,
  });
});

it("makes the machines join with pinned host keys, and sends no credential in the input of all", async () => {
  const order = orderOf(await planOf(), "demo-web-join-0");
  expect(order.hosts).toEqual([
    {
      name: "demo-web-0-0000000",
      id: "demo-web-0-id",
      address: "10.40.1.0",
      topology,
      hostKey: "ecdsa-sha2-nistp256 key-of-demo-web-0-0000000",
    },
    {
      name: "demo-web-1-0000000",
      id: "demo-web-1-id",
      address: "10.40.1.1",
      topology,
      hostKey: "ecdsa-sha2-nistp256 key-of-demo-web-1-0000000",
    },
  ]);
  expect(order).toMatchObject({ script: nodeScript("worker"), deadline: 600 });
  expect(variable(order.input, "PATCHES")).toBe("/var/lib/caravan/patches");
  expect(filesOf(order.input, "JOIN_FILES")).toEqual([
    {
      path: "/run/caravan/join.yaml",
      mode: "0600",
      content: expect.stringContaining("- name: node-labels\n      value: caravan.dev/pool=web,caravan.dev/batch=0\n"),
    },
  ]);
  expect([variable(order.input, "API_ENDPOINT"), variable(order.input, "CA_CERTIFICATE")]).toEqual(["10.40.0.10:6443", "QUJD"]);
  expect(order.beforehand).toEqual({
    hosts: [controlPlane],
    command: scriptFromInput("debian", 300),
    script: nodeScript("admitNodes"),
    input: "OWNER='0123456789'\nPOOL='web'\nBATCH='0'\n",
    deadline: 300,
    patience: 60,
  });
});

it("changes nodes few at a time, by scripts on a control plane", async () => {
  const rollingOf = async (more: Partial<NodePoolArgs>) => orderOf(await planOf(more), "demo-web-join-0").rolling;
  expect(await rollingOf({ drainSeconds: 60 })).toEqual({
    parallel: 1,
    begin: {
      command: scriptFromInput("debian", 43200),
      script: nodeScript("beginNodeChange"),
      input:
        "OWNER='0123456789'\nPOOL='web'\nKUBERNETES_VERSION='1.36.3'\nMAX_UNAVAILABLE='10%'\nDRAIN_SECONDS='60'\nPATIENCE_SECONDS='1860'\n",
      deadline: 43200,
    },
    end: {
      command: scriptFromInput("debian", 600),
      script: nodeScript("endNodeChange"),
      input: "OWNER='0123456789'\nPOOL='web'\nKUBERNETES_VERSION='1.36.3'\n",
      deadline: 600,
    },
    last: { command: scriptFromInput("debian", 60), script: nodeScript("lastScript"), input: "", deadline: 60, patience: 30 },
  });
  const changed = await rollingOf({ count: 64, upgrade: { maxUnavailable: 5 }, kubernetesVersion: "1.35.4" });
  expect([changed?.parallel, variable(changed?.begin.input ?? "", "MAX_UNAVAILABLE")]).toEqual([5, "5"]);
  expect([changed?.begin, changed?.end].map((task) => variable(task?.input ?? "", "KUBERNETES_VERSION"))).toEqual(["1.35.4", "1.35.4"]);
});

it("has an owner that differs from pools of the same name in other stacks and stays in later runs", async () => {
  const planAfter = (before: Registered[]) => deploy(() => new NodePool("demo-web", args), before);
  const owners = (plan: Registered[]) => {
    const { beforehand, afterwards } = orderOf(plan, "demo-web-join-0");
    return [beforehand, afterwards].map((step) => variable(step?.input ?? "", "OWNER"));
  };
  const [first, other] = [await planAfter([]), await planAfter([])];
  expect(owners(first)[0]).toMatch(/^[0-9a-f]{10}$/);
  expect(new Set(owners(first)).size).toBe(1);
  expect(owners(await planAfter(first))).toEqual(owners(first));
  expect(owners(other)[0]).not.toBe(owners(first)[0]);
});

it("prepares unprepared machines when they join, and no others", async () => {
  const sick = await deploy(() => new NodePool("demo-sick", { ...args, count: 1 }));
  const [contact, join] = [orderOf(sick, "demo-sick-contact-0"), orderOf(sick, "demo-sick-join-0")];
  expect(join.hosts).toEqual([{ name: "demo-sick-0-0000000", id: "demo-sick-0-id", address: "10.40.1.0", topology, unprepared: true }]);
  const { command, script, input, deadline } = contact;
  expect(join.preparation).toEqual({ command, script, input, deadline, patience: 60 });
  expect(orderOf(await planOf(), "demo-web-join-0")).not.toHaveProperty("preparation");
});

it("changes the pool's kubelet settings in place, without a change of machines", async () => {
  const pool = { kubelet: { maxPods: 50 } };
  expect(changes(await planOf(), await planOf(pool))).toEqual(["~ command:local:Command demo-web-join-0: stdin"]);
  expect(filesOf(orderOf(await planOf(pool), "demo-web-join-0").input)).toEqual([
    { path: "/var/lib/caravan/patches/kubeletconfiguration+merge.yaml", mode: "0600", content: "maxPods: 50\n" },
  ]);
});

it("configures kubelets and containerd with the same cgroup driver", async () => {
  const plan = await planOf({ containerRuntime: { cgroupDriver: "cgroupfs" } });
  expect(variable(orderOf(plan, "demo-web-contact-0").input, "CGROUP_DRIVER")).toBe("cgroupfs");
  expect(filesOf(orderOf(plan, "demo-web-join-0").input)[0]?.content).toBe("cgroupDriver: cgroupfs\n");
});

it("changes the configuration of containerd without a change of machines", async () => {
  const pool = {
    containerRuntime: { configuration: "version = 2\n" },
    registries: { mirrors: { "docker.io": ["https://m.example.com"] } },
  };
  expect(changes(await planOf(), await planOf(pool))).toEqual([
    "~ command:local:Command demo-web-contact-0: stdin",
    "~ command:local:Command demo-web-join-0: stdin",
  ]);
});

it("recreates all machines for another volume, in a server group of the pool's own", async () => {
  const pool = {
    machine: { ...machine, availabilityZones: ["nova"], volume: { size: 40 }, serverGroup: { policy: "soft-anti-affinity" as const } },
  };
  expect(changes(await planOf({ count: 1 }), await planOf({ count: 1, ...pool }))).toEqual([
    "+ openstack:compute/serverGroup:ServerGroup demo-web",
    "~ openstack:compute/instance:Instance demo-web-0: imageId, blockDevices, schedulerHints",
  ]);
});

it("gives machines zones in turn by their keys, and moves none when zones are added", async () => {
  const zonesOf = async (more: Partial<NodePoolArgs>) => {
    const servers = (await planOf(more)).filter(({ type }) => type.endsWith(":Instance"));
    return servers.map(({ name, inputs, ignoreChanges }) => [name, inputs.availabilityZone, ignoreChanges.includes("availabilityZone")]);
  };
  const zones = ["a", "b", "c"];
  expect(await zonesOf({ count: 5, without: ["1"], machine: { ...machine, availabilityZones: zones } })).toEqual([
    ["demo-web-0", "a", true],
    ["demo-web-2", "c", true],
    ["demo-web-3", "a", true],
    ["demo-web-4", "b", true],
  ]);
});

it("gives machines further security groups by their names, as Nova knows them", async () => {
  const plan = await planOf({ count: 1, machine: { ...machine, securityGroups: [ID] } });
  expect(plan.find(({ name }) => name === "demo-web-0")?.inputs.securityGroups).toEqual(["nodes", `name of ${ID}`]);
  const own = { ...args.network, workerPorts: true, securityGroupIds: ["nodes-id"] };
  const withPort = await planOf({ count: 1, network: own, machine: { ...machine, securityGroups: [ID] } });
  const port = withPort.find(({ type }) => type.endsWith(":Port"));
  expect(port?.inputs.securityGroupIds).toEqual(["nodes-id", ID]);
});

it("labels nodes with the zone and region that OpenStack reports, but for labels of the user's", async () => {
  const own = async (labels: Record<string, string>) => {
    const { hosts, afterwards } = orderOf(await planOf({ labels }), "demo-web-join-0");
    return { hosts: hosts.map((host) => host.topology), reconciled: variable(afterwards?.input ?? "", "NODE_LABELS") };
  };
  expect(await own({})).toEqual({
    hosts: [topology, topology],
    reconciled: `demo-web-0-0000000 ${topology}\ndemo-web-1-0000000 ${topology}`,
  });
  const region = "topology.kubernetes.io/region=RegionOne";
  expect((await own({ "topology.kubernetes.io/zone": "rack-1" })).hosts).toEqual([region, region]);
});

it("reconciles the cluster's Nodes on a control plane, once all have joined", async () => {
  const { afterwards } = orderOf(await planOf({ drainSeconds: 60 }), "demo-web-join-0");
  expect(afterwards).toMatchObject({ hosts: [controlPlane], script: nodeScript("reconcilePool"), deadline: 360 });
  const names = ["POOL", "BATCH", "WANTED_NODES", "LABELS", "TAINTS", "DRAIN_SECONDS"];
  expect(names.map((name) => variable(afterwards?.input ?? "", name))).toEqual([
    "web",
    "0",
    "demo-web-0-0000000 demo-web-1-0000000",
    "tier=web zone=a",
    "gpu=true:NoSchedule spot:NoExecute",
    "60",
  ]);
});

it("drains nodes when a batch is deleted, and has no removal for a preparation", async () => {
  const commands = (await planOf()).filter(({ type }) => type.startsWith("command:"));
  expect(commands.map(({ name, inputs }) => [name, inputs.delete !== undefined])).toEqual([
    ["demo-web-contact-0", false],
    ["demo-web-join-0", true],
  ]);
});

it("creates no machine before its network is ready", async () => {
  const plan = await deploy(() => {
    const router = new openstack.networking.Router("router");
    new NodePool("demo-web", { ...args, count: 1, network: { ...args.network, ready: router.id } });
  });
  const server = plan.find(({ name }) => name === "demo-web-0");
  expect([server?.inputs.networks, server?.dependencies]).toEqual([[{ uuid: "network" }], ["demo-web-owner", "router"]]);
});

it("returns the names and addresses of its nodes", async () => {
  let pool: NodePool | undefined;
  await deploy(() => {
    pool = new NodePool("demo-web", { ...args, without: ["0"] });
  });
  expect(await settled(pool!.nodes)).toEqual([{ name: "demo-web-1-0000000", address: "10.40.1.1" }]);
});

it("may be empty", async () => {
  expect((await planOf({ count: 0 })).map(({ name }) => name)).toEqual(["demo-web", "demo-web-owner"]);
});

it("continues without a machine whose creation failed, and nothing depends on it", async () => {
  const plan = await planOf({ count: 3 }, ["demo-web-1"]);
  const made = ["demo-web-0-0000000", "demo-web-2-0000000"];
  const [contact, join] = [orderOf(plan, "demo-web-contact-0"), orderOf(plan, "demo-web-join-0")];
  expect([contact, join].map(({ hosts, absent }) => [hosts.map(({ name }) => name), absent])).toEqual([
    [made, ["demo-web-1"]],
    [made, ["demo-web-1"]],
  ]);
  const dependencies = plan.filter(({ type }) => type.startsWith("command:")).map((each) => each.dependencies);
  expect(dependencies).toEqual([
    ["demo-web-0", "demo-web-2"],
    ["demo-web-0", "demo-web-2", "demo-web-contact-0", "demo-web-owner"],
  ]);
});

it("keeps the Node of a machine whose successor was not created", async () => {
  const { afterwards } = orderOf(await planOf({ count: 2 }, ["demo-web-1"]), "demo-web-join-0");
  const names = ["WANTED_NODES", "ABSENT_MACHINES"];
  expect(names.map((name) => variable(afterwards?.input ?? "", name))).toEqual(["demo-web-0-0000000", "demo-web-1"]);
});

it("contacts no machine of a batch when none was created, and returns the names and addresses of the others", async () => {
  const keys = Array.from({ length: 64 }, (_, key) => `demo-web-${key}`);
  let pool: NodePool | undefined;
  const plan = await deploy(
    () => {
      pool = new NodePool("demo-web", { ...args, count: 65 });
    },
    [],
    keys,
  );
  expect(["demo-web-contact-0", "demo-web-join-0"].map((name) => orderOf(plan, name).hosts)).toEqual([[], []]);
  expect(await settled(pool!.nodes)).toEqual([{ name: "demo-web-64-0000000", address: "10.40.1.64" }]);
});

it("refuses bad arguments, all at once and before it registers anything", async () => {
  const registered = await deploy(() => {
    const wrong = { without: ["x"], labels: { "a b": "" }, drainSeconds: 0, upgrade: { maxUnavailable: 0 }, concurrency: { creates: 0 } };
    expect(() => new NodePool("demo-web", { ...args, ...wrong })).toThrow(
      'node pool "demo-web" has 5 invalid properties:\n' +
        '  without[0]: "x" is no key of a pool of 2; leave it out\n' +
        '  labels["a b"]: "a b" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"\n' +
        "  drainSeconds: 0 is not a time for a drain; use 1 to 3600 whole seconds\n" +
        '  upgrade.maxUnavailable: 0 is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"\n' +
        "  concurrency.creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000",
    );
  });
  expect(registered).toEqual([]);
});
