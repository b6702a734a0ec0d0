import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { Bastion, type BastionArgs } from "../../components/bastion.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { bastionFiles } from "../../lib/ssh/bastion.ts";
import { ID, machine } from "../support/cluster-args.ts";
import { cloudId, deploy, settled } from "../support/deploy.ts";
import { filesOf, orderOf, variable } from "../support/orders.ts";

/** Arguments of plain data only: no other component is needed. */
const args: BastionArgs = {
  clusterName: "demo",
  mark: "of-this-stack",
  machine,
  network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
  floatingIpPool: { id: "public-id", name: "public" },
  allowedCidrs: ["198.51.100.0/24"],
  ssh: { user: "debian", port: 2222, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
};

const planOf = (more: Partial<BastionArgs> = {}) => deploy(() => new Bastion("demo-bastion", { ...args, ...more }));

it("makes a machine with its own security group and address, and sets it up", async () => {
  expect((await planOf()).map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:Bastion demo-bastion < ",
    "openstack:compute/instance:Instance demo-bastion < demo-bastion",
    "openstack:networking/floatingIp:FloatingIp demo-bastion < demo-bastion",
    "openstack:networking/floatingIpAssociate:FloatingIpAssociate demo-bastion < demo-bastion",
    "openstack:networking/port:Port demo-bastion < demo-bastion",
    "openstack:networking/secGroup:SecGroup demo-bastion < demo-bastion",
    "command:local:Command demo-bastion-contact < demo-bastion",
    "openstack:networking/secGroupRule:SecGroupRule demo-bastion-ssh-198-51-100-0-24 < demo-bastion",
  ]);
});

it("accepts only SSH, from the given networks", async () => {
  const plan = await planOf();
  const inputs = (type: string) => plan.filter((resource) => resource.type.endsWith(`:${type}`)).map((resource) => resource.inputs);
  expect(inputs("SecGroupRule")).toEqual([
    {
      description: "caravan-cluster=demo of-this-stack -bastion-ssh-198-51-100-0-24",
      securityGroupId: "demo-bastion-id",
      direction: "ingress",
      ethertype: "IPv4",
      remoteIpPrefix: "198.51.100.0/24",
      protocol: "tcp",
      portRangeMin: 2222,
      portRangeMax: 2222,
    },
  ]);
  expect(inputs("Port")).toEqual([
    {
      networkId: "network",
      fixedIps: [{ subnetId: "subnet" }],
      securityGroupIds: ["demo-bastion-id"],
      tags: ["caravan-cluster=demo"],
    },
  ]);
  expect(inputs("Instance")).toEqual([
    expect.objectContaining({ imageId: cloudId("image", "node"), networks: [{ port: "demo-bastion-id" }] }),
  ]);
});

it("has further security groups", async () => {
  const plan = await planOf({ machine: { ...machine, securityGroups: [ID] } });
  expect(plan.find(({ type }) => type.endsWith(":Port"))?.inputs.securityGroupIds).toEqual(["demo-bastion-id", ID]);
});

it("is recreated with a new image, once the old machine has left the port", async () => {
  const server = (await planOf()).find(({ type }) => type.endsWith(":Instance"));
  expect([server?.replaceOnChanges, server?.ignoreChanges, server?.deleteBeforeReplace]).toEqual([
    ["imageId"],
    ["userData", "keyPair", "availabilityZone"],
    true,
  ]);
});

it("is set up through its floating IP, and its host key is learnt", async () => {
  const order = orderOf(await planOf(), "demo-bastion-contact");
  expect(order).toMatchObject({
    ssh: { user: "debian", port: 2222, privateKey: "key" },
    hosts: [{ name: "demo-bastion-0000000", id: "demo-bastion-id", address: "10.40.0.19", sshHost: "203.0.113.10" }],
    script: nodeScript("bastion"),
    deadline: 900,
  });
  expect(variable(order.input, "MAX_STARTUPS")).toBe("500:30:1000");
  expect(filesOf(order.input)).toEqual(bastionFiles(2222));
});

it("gets its floating IP only once the network is ready", async () => {
  const plan = await deploy(() => {
    const router = new openstack.networking.Router("router");
    new Bastion("demo-bastion", { ...args, network: { ...args.network, ready: router.id } });
  });
  expect(plan.find(({ type }) => type.endsWith(":FloatingIpAssociate"))?.dependencies).toContain("router");
});

it("is used for other machines only once it is set up", async () => {
  let bastion: Bastion | undefined;
  const plan = await deploy(() => {
    bastion = new Bastion("demo-bastion", args);
    new pulumi.Stash("host", { input: bastion.access.host });
    new pulumi.Stash("host-key", { input: bastion.access.hostKey });
  });
  expect(await settled(pulumi.output(bastion!.access))).toEqual({
    host: "203.0.113.10",
    hostKey: "ecdsa-sha2-nistp256 key-of-demo-bastion-0000000",
    user: "debian",
    port: 2222,
  });
  for (const name of ["host", "host-key"])
    expect(plan.find((resource) => resource.name === name)?.dependencies).toContain("demo-bastion-contact");
});

it("refuses bad arguments before it registers anything", async () => {
  const registered = await deploy(() => {
    expect(() => new Bastion("demo-bastion", { ...args, allowedCidrs: ["everywhere"] })).toThrow(
      'bastion "demo-bastion" has 1 invalid property:\n',
    );
  });
  expect(registered).toEqual([]);
});
