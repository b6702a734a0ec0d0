import * as openstack from "@pulumi/openstack";
import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ClusterNetwork, type ClusterNetworkArgs } from "../../components/index.ts";
import { ID } from "../support/cluster-args.ts";
import { cloudId, deploy, settled } from "../support/deploy.ts";

const args: ClusterNetworkArgs = {
  clusterName: "demo",
  mark: "of-this-stack",
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiCidrs: ["198.51.100.0/24", "203.0.113.7/32"],
  sshCidrs: ["192.0.2.0/24"],
};

/** Mark of a resource, by the rest of its name after the cluster's. */
const marked = (rest: string) => `caravan-cluster=demo of-this-stack ${rest}`;

const planOf = (more: Partial<ClusterNetworkArgs> = {}) => deploy(() => new ClusterNetwork("demo", { ...args, ...more }));

it("allows exactly this ingress", async () => {
  const rules = (await planOf({ sshPort: 2222 })).filter(({ type }) => type.endsWith(":SecGroupRule"));
  expect(rules.map(({ inputs }) => inputs)).toEqual([
    rule("-control-plane-api-198-51-100-0-24", "198.51.100.0/24", 6443),
    rule("-control-plane-api-203-0-113-7-32", "203.0.113.7/32", 6443),
    rule("-control-plane-ssh-192-0-2-0-24", "192.0.2.0/24", 2222),
    rule("-nodes-internal", "10.40.0.0/16"),
  ]);
});

it("opens NodePorts to the networks that are named", async () => {
  const network = { ...args.network, nodePortCidrs: ["203.0.113.0/24"] };
  const rules = (await planOf({ network })).filter(({ name }) => name.includes("node-ports"));
  expect(rules.map(({ inputs }) => [inputs.protocol, inputs.portRangeMin, inputs.portRangeMax, inputs.remoteIpPrefix])).toEqual([
    ["tcp", 30_000, 32_767, "203.0.113.0/24"],
    ["udp", 30_000, 32_767, "203.0.113.0/24"],
  ]);
});

it("marks objects that cannot be found otherwise when their creation fails, and keeps the first mark", async () => {
  const all = (await planOf()).filter(({ inputs }) => inputs.description !== undefined);
  expect(all.map(({ type, inputs, ignoreChanges }) => [type.split(":").pop(), inputs.description, ignoreChanges])).toEqual([
    ["Network", marked("demo"), ["description"]],
    ["Router", marked("demo"), ["description"]],
    ["SecGroup", marked("-control-plane"), ["description"]],
    ["SecGroupRule", marked("-control-plane-api-198-51-100-0-24"), ["description"]],
    ["SecGroupRule", marked("-control-plane-api-203-0-113-7-32"), ["description"]],
    ["SecGroupRule", marked("-control-plane-ssh-192-0-2-0-24"), ["description"]],
    ["SecGroup", marked("-nodes"), ["description"]],
    ["SecGroupRule", marked("-nodes-internal"), ["description"]],
  ]);
});

it("has the names of its rules as arguments, so that the state shows when a new rule fails", async () => {
  const component = (await planOf()).find(({ type }) => type.endsWith(":ClusterNetwork"));
  expect(component?.inputs).toEqual({ rules: ["internal", "api-198-51-100-0-24", "api-203-0-113-7-32", "ssh-192-0-2-0-24"] });
});

it("links its own network to the external network", async () => {
  const plan = await planOf({ network: { externalNetwork: "public", cidr: "10.40.0.0/16", dnsServers: ["192.0.2.53"] } });
  const parts = plan.filter(({ type }) => /:(Network|Subnet|Router|RouterInterface)$/.test(type));
  const tags = ["caravan-cluster=demo"];
  expect(parts.map(({ inputs }) => inputs)).toEqual([
    { description: marked("demo"), tags },
    { description: marked("demo"), externalNetworkId: cloudId("network", "public"), tags },
    { routerId: "demo-id", subnetId: "demo-id" },
    { networkId: "demo-id", cidr: "10.40.0.0/16", dnsNameservers: ["192.0.2.53"], tags },
  ]);
});

it("creates objects in its subnet after the resource whose deletion removes orphans there", async () => {
  let network: ClusterNetwork | undefined;
  const plan = await deploy(() => {
    network = new ClusterNetwork("demo", args);
    new openstack.networking.Port("node", { networkId: "n", fixedIps: [{ subnetId: network.attachment.subnetId }] });
  });
  const dependencies = plan.map(({ type, dependencies }) => [type.split(":").pop(), dependencies]);
  expect(Object.fromEntries(dependencies)).toMatchObject({
    Command: ["demo"],
    RouterInterface: ["demo", "demo", "demo-leftovers"],
    Port: ["demo", "demo-leftovers"],
  });
});

it("links its subnet to an existing router, and makes none", async () => {
  let network: ClusterNetwork | undefined;
  const plan = await deploy(() => {
    const own = { externalNetwork: "public", cidr: "10.40.0.0/16", router: ID };
    network = new ClusterNetwork("demo", { ...args, network: own });
  });
  const links = plan.filter(({ type }) => /:Router/.test(type));
  expect(links.map(({ type, inputs }) => ({ type: type.split(":").pop(), ...inputs }))).toEqual([
    { type: "RouterInterface", routerId: ID, subnetId: "demo-id" },
  ]);
  expect(await settled(output(network!.attachment.ready))).toBe("demo-id");
});

it("links an adopted subnet to the given router", async () => {
  const adopt = { networkId: ID, subnetId: ID, routerId: ID };
  const plan = await planOf({ network: { adopt, cidr: "10.40.0.0/16" } });
  const links = plan.filter(({ type }) => /:(Network|Subnet|Router|RouterInterface)$/.test(type));
  expect(links.map(({ type, inputs }) => ({ type: type.split(":").pop(), ...inputs }))).toEqual([
    { type: "RouterInterface", routerId: ID, subnetId: ID },
  ]);
});

it("opens the port of the API on control planes with a virtual address", async () => {
  const rules = (await planOf({ apiPort: 8443, sshCidrs: [] })).filter(({ type }) => type.endsWith(":SecGroupRule"));
  expect(rules.map(({ inputs }) => inputs)).toEqual([
    rule("-control-plane-api-198-51-100-0-24", "198.51.100.0/24", 8443),
    rule("-control-plane-api-203-0-113-7-32", "203.0.113.7/32", 8443),
    rule("-nodes-internal", "10.40.0.0/16"),
  ]);
});

it("does not change an adopted network, and makes security groups only", async () => {
  let network: ClusterNetwork | undefined;
  const plan = await deploy(() => {
    const adopted = { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16" };
    network = new ClusterNetwork("demo", { ...args, network: adopted, sshCidrs: [] });
  });
  expect(plan.map(({ type, name }) => `${type.split(":").pop()} ${name}`)).toEqual([
    "ClusterNetwork demo",
    "SecGroup demo-control-plane",
    "SecGroupRule demo-control-plane-api-10-40-0-0-16",
    "SecGroupRule demo-control-plane-api-198-51-100-0-24",
    "SecGroupRule demo-control-plane-api-203-0-113-7-32",
    "SecGroup demo-nodes",
    "SecGroupRule demo-nodes-members",
    "SecGroupRule demo-nodes-ssh-10-40-0-0-16",
  ]);
  const members = plan.find(({ name }) => name === "demo-nodes-members");
  expect(members?.inputs).toEqual({
    description: marked("-nodes-members"),
    securityGroupId: "demo-nodes-id",
    direction: "ingress",
    ethertype: "IPv4",
    remoteGroupId: "demo-nodes-id",
  });
  expect(network?.attachment).toMatchObject({ networkId: ID, subnetId: ID });
  expect(network?.externalNetwork).toBeUndefined();
});

it("allows ingress from imported servers and pools in other networks", async () => {
  const pools = {
    metal: { imported: [{ name: "metal-0", address: "192.0.2.7" }] },
    far: { count: 1, network: { networkId: ID, subnetId: ID, cidr: "10.50.0.0/24" } },
  };
  const rules = (await planOf({ apiCidrs: [], sshCidrs: [], pools })).filter(({ type }) => type.endsWith(":SecGroupRule"));
  expect(rules.map(({ name, inputs }) => [name, inputs.remoteIpPrefix ?? inputs.remoteGroupId])).toEqual([
    ["demo-nodes-internal", "10.40.0.0/16"],
    ["demo-nodes-members", "demo-nodes-id"],
    ["demo-nodes-node-192-0-2-7", "192.0.2.7/32"],
  ]);
});

it("refuses bad networks, all at once and before it registers anything", async () => {
  const registered = await deploy(() => {
    const wrong = { ...args, network: { externalNetwork: "public", cidr: "10.40.0.1/16" }, sshCidrs: ["here"] };
    expect(() => new ClusterNetwork("demo", wrong)).toThrow(
      'cluster network "demo" has 2 invalid properties:\n' +
        '  network.cidr: "10.40.0.1/16" is not how its network is written; write 10.40.0.0/16\n' +
        '  sshCidrs[0]: "here" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16',
    );
  });
  expect(registered).toEqual([]);
});

/** Expected rule, by the rest of its name after the cluster's. That begins with the name of its group. */
function rule(name: string, remoteIpPrefix: string, port?: number): Record<string, unknown> {
  const ports = port ? { protocol: "tcp", portRangeMin: port, portRangeMax: port } : {};
  const securityGroupId = `demo${/^(-control-plane|-nodes)/.exec(name)![0]}-id`;
  return { description: marked(name), securityGroupId, direction: "ingress", ethertype: "IPv4", remoteIpPrefix, ...ports };
}
