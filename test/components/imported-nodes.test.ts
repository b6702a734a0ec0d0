import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ImportedNodes, type ImportedNodesArgs, importedSsh } from "../../components/imported-nodes.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { scriptFromInput } from "../../lib/node/shell.ts";
import { preparationInput } from "../../lib/node/software.ts";
import { changes } from "../support/changes.ts";
import { deploy, type Registered, settled } from "../support/deploy.ts";
import { filesOf, orderOf, variable } from "../support/orders.ts";

const controlPlane = { name: "demo-control-plane-0", id: "id-0", address: "10.40.0.10", hostKey: "ssh-ed25519 AAAA" };
const imported = [
  { name: "dgx-1", address: "192.0.2.10" },
  { name: "dgx-2", address: "192.0.2.11", hostKey: "ssh-ed25519 BBBB" },
  { name: "dgx-3", address: "192.0.2.12" },
];

/** Arguments of plain data only: no other component is needed. */
const args: ImportedNodesArgs = {
  clusterName: "demo",
  pool: "gpu",
  imported,
  kubernetesVersion: "1.36.3",
  join: { endpoint: "10.40.0.10:6443", ca: "ABC", controlPlanes: [controlPlane] },
  ssh: { user: "admin", port: 2222, privateKey: "key of the servers" },
  clusterSsh: { user: "root", port: 22, privateKey: "key of the cluster" },
  labels: { gpu: "h100" },
  drainSeconds: 60,
};

/** State of an earlier run. */
const earlier = [{ type: "pulumi:index:Stash", name: "demo-gpu-owner", inputs: { input: "0123456789" } }] as unknown as Registered[];

const planOf = (more: Partial<ImportedNodesArgs> = {}) => deploy(() => new ImportedNodes("demo-gpu", { ...args, ...more }), earlier);

it("makes a contact, a join for each server, and one command for their Nodes, but no machine", async () => {
  expect((await planOf()).map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:ImportedNodes demo-gpu < ",
    "command:local:Command demo-gpu-contact < demo-gpu",
    "command:local:Command demo-gpu-dgx-1 < demo-gpu",
    "command:local:Command demo-gpu-dgx-2 < demo-gpu",
    "command:local:Command demo-gpu-dgx-3 < demo-gpu",
    "command:local:Command demo-gpu-nodes < demo-gpu",
    "pulumi:index:Stash demo-gpu-owner < demo-gpu",
  ]);
});

it("admits each server on a control plane, over the cluster's SSH, as a node of this pool", async () => {
  const plan = await planOf();
  expect(orderOf(plan, "demo-gpu-dgx-1").beforehand).toEqual({
    ssh: args.clusterSsh,
    hosts: [controlPlane],
    command: scriptFromInput("root", 300),
    script: nodeScript("admitNodes"),
    input: "OWNER='0123456789'\nPOOL='gpu'\nBATCH='imported'\n",
    deadline: 300,
    patience: 60,
  });
  expect(variable(orderOf(plan, "demo-gpu-nodes").afterwards?.input ?? "", "OWNER")).toBe("0123456789");
});

it("changes servers that are nodes within the limits of their pool, over the cluster's SSH", async () => {
  const { rolling } = orderOf(await planOf({ upgrade: { maxUnavailable: 1 } }), "demo-gpu-dgx-1");
  expect([rolling?.parallel, rolling?.begin.command, rolling?.end.command, rolling?.last.command]).toEqual([
    1,
    scriptFromInput("root", 43200),
    scriptFromInput("root", 600),
    scriptFromInput("admin", 60),
  ]);
  expect(rolling?.begin.input).toBe(
    "OWNER='0123456789'\nPOOL='gpu'\nKUBERNETES_VERSION='1.36.3'\nMAX_UNAVAILABLE='1'\nDRAIN_SECONDS='60'\nPATIENCE_SECONDS='1860'\n",
  );
});

it("checks and prepares all servers at once, before the cluster is known", async () => {
  const order = orderOf(await planOf(), "demo-gpu-contact");
  expect(order).toMatchObject({
    ssh: { user: "admin", port: 2222, privateKey: "key of the servers" },
    hosts: [
      { name: "dgx-1", id: "dgx-1@192.0.2.10", address: "192.0.2.10" },
      { name: "dgx-2", id: "dgx-2@192.0.2.11", address: "192.0.2.11", hostKey: "ssh-ed25519 BBBB" },
      { name: "dgx-3", id: "dgx-3@192.0.2.12", address: "192.0.2.12" },
    ],
    script: nodeScript("importedPrepare"),
    deadline: 900,
  });
  for (const [name, value] of Object.entries(preparationInput({ kubernetesVersion: args.kubernetesVersion })))
    expect(variable(order.input, name)).toBe(value);
  expect([variable(order.input, "OWNER"), variable(order.input, "IGNORED_CHECKS")]).toEqual(["demo/gpu", ""]);
});

it("pins each server's host key, given or learnt, and registers no OpenStack server", async () => {
  const plan = await planOf();
  const orders = imported.map(({ name }) => orderOf(plan, `demo-gpu-${name}`));
  expect(orders.flatMap(({ hosts }) => hosts.map(({ name, hostKey }) => [name, hostKey]))).toEqual([
    ["dgx-1", "ecdsa-sha2-nistp256 key-of-dgx-1"],
    ["dgx-2", "ssh-ed25519 BBBB"],
    ["dgx-3", "ecdsa-sha2-nistp256 key-of-dgx-3"],
  ]);
  const { script, input } = orders[0]!;
  expect([script, variable(input, "CA_CERTIFICATE")]).toEqual([nodeScript("importedJoin"), "QUJD"]);
  const [join] = filesOf(input, "JOIN_FILES");
  expect(join?.content).toContain("value: caravan.dev/pool=gpu,caravan.dev/batch=imported\n");
  expect(join?.content).not.toContain("provider-id");
});

it("drains and deletes Nodes on a control plane unless the whole cluster is deleted, but always resets servers", async () => {
  const plan = await deploy(() => {
    const lifetime = new pulumi.Stash("lifetime", { input: "" });
    new ImportedNodes("demo-gpu", { ...args, join: { ...args.join, lifetime } });
  });
  const commands = plan.filter(({ type }) => type.startsWith("command:"));
  expect(commands.map(({ name, inputs, deletedWith }) => [name, inputs.delete !== undefined, deletedWith])).toEqual([
    ["demo-gpu-contact", false, ""],
    ["demo-gpu-dgx-1", true, ""],
    ["demo-gpu-dgx-2", true, ""],
    ["demo-gpu-dgx-3", true, ""],
    ["demo-gpu-nodes", true, "lifetime"],
  ]);
  expect(orderOf(plan, "demo-gpu-dgx-1").removal).toMatchObject({ script: nodeScript("importedReset"), input: "OWNER='demo/gpu'\n" });
});

it("reconciles Nodes over the cluster's SSH, once all have joined", async () => {
  const plan = await planOf();
  const { ssh, hosts, afterwards } = orderOf(plan, "demo-gpu-nodes");
  expect([ssh, hosts]).toEqual([args.clusterSsh, []]);
  expect(afterwards).toMatchObject({ hosts: [controlPlane], script: nodeScript("reconcilePool"), deadline: 360 });
  const names = ["POOL", "BATCH", "WANTED_NODES", "LABELS", "DRAIN_SECONDS"];
  expect(names.map((name) => variable(afterwards?.input ?? "", name))).toEqual(["gpu", "imported", "dgx-1 dgx-2 dgx-3", "gpu=h100", "60"]);
  const { dependencies = [] } = plan.find(({ name }) => name === "demo-gpu-nodes") ?? {};
  expect(dependencies).toEqual(["demo-gpu-dgx-1", "demo-gpu-dgx-2", "demo-gpu-dgx-3", "demo-gpu-owner"]);
});

it("removes a server from the middle without a change of others", async () => {
  expect(changes(await planOf(), await planOf({ imported: [imported[0]!, imported[2]!] }))).toEqual([
    "~ command:local:Command demo-gpu-contact: stdin",
    "~ command:local:Command demo-gpu-nodes: stdin",
    "- command:local:Command demo-gpu-dgx-2",
  ]);
});

it("resets a server before it joins another of the same name", async () => {
  const [first, ...others] = imported;
  const moved = await planOf({ imported: [{ ...first!, address: "192.0.2.20" }, ...others] });
  const command = moved.find(({ name }) => name === "demo-gpu-dgx-1");
  expect([command?.inputs.triggers, command?.deleteBeforeReplace]).toEqual([["dgx-1@192.0.2.20"], true]);
});

it("reaches servers like the cluster's nodes by default, through a bastion with the cluster's key", () => {
  const bastion = { host: "192.0.2.1", hostKey: "ssh-ed25519 CCCC", port: 2200 };
  const cluster = { user: "debian", port: 2222, privateKey: "key of the cluster", bastion };
  expect(importedSsh(undefined, cluster)).toEqual({
    user: "root",
    port: 22,
    privateKey: "key of the cluster",
    bastion: { ...bastion, user: "debian", privateKey: "key of the cluster" },
  });
  const own = { host: "192.0.2.2", hostKey: "ssh-ed25519 DDDD" };
  expect(importedSsh({ user: "admin", port: 2022, privateKey: "own", bastion: own }, cluster)).toEqual({
    user: "admin",
    port: 2022,
    privateKey: "own",
    bastion: own,
  });
  expect(importedSsh({}, { user: "root", port: 22, privateKey: "key" })).toEqual({ user: "root", port: 22, privateKey: "key" });
});

it("returns the names and addresses of its nodes", async () => {
  let pool: ImportedNodes | undefined;
  await deploy(() => {
    pool = new ImportedNodes("demo-gpu", { ...args, imported: imported.slice(0, 1) });
  });
  expect(await settled(pool!.nodes)).toEqual([{ name: "dgx-1", address: "192.0.2.10" }]);
});

it("refuses bad arguments before it registers anything", async () => {
  const registered = await deploy(() => {
    expect(() => new ImportedNodes("demo-gpu", { ...args, imported: [{ name: "dgx-1", address: "somewhere" }] })).toThrow(
      'imported nodes "demo-gpu" has 1 invalid property:\n  imported[0].address: "somewhere" is not an IPv4 address; write it like 192.0.2.10',
    );
  });
  expect(registered).toEqual([]);
});
