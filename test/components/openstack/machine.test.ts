import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { type ServerDefaults, serverArgs } from "../../../components/openstack/machine.ts";
import { cloudInit } from "../../../lib/node/cloud-init.ts";
import type { MachineSettings } from "../../../lib/node/machine-settings.ts";
import { machine } from "../../support/cluster-args.ts";
import { cloudId, deploy, settled } from "../../support/deploy.ts";

const ssh = { publicKey: pulumi.secret("ssh-ed25519 AAAA demo") };

/** Makes a server's arguments and the resources that they need. */
async function make(more: Partial<MachineSettings>, defaults: Partial<ServerDefaults> = {}) {
  let args: pulumi.Output<Record<string, unknown>> | undefined;
  const plan = await deploy(() => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    const made = serverArgs({ machine: { ...machine, ...more }, clusterName: "demo", ssh }, parent, { name: "web", ...defaults });
    args = pulumi.output<unknown>(made) as pulumi.Output<Record<string, unknown>>;
  });
  return { args: await settled(args!), others: plan.filter(({ name }) => name !== "parent") };
}

const common = {
  flavorId: cloudId("flavor", "node.small"),
  userData: cloudInit("ssh-ed25519 AAAA demo"),
  metadata: { "caravan-cluster": "demo" },
  tags: ["caravan-cluster=demo"],
};

it("boots from the image by default, and makes nothing else", async () => {
  expect(await make({})).toEqual({ args: { ...common, imageId: cloudId("image", "node") }, others: [] });
});

it("has the public key in the user data, which is no secret, and no key pair of Nova's, which only its maker could use", async () => {
  let args: ReturnType<typeof serverArgs> | undefined;
  await deploy(() => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    args = serverArgs({ machine, clusterName: "demo", ssh }, parent, { name: "web" });
  });
  expect(await pulumi.isSecret(args!.userData)).toBe(false);
  expect(Object.keys(args!)).not.toContain("keyPair");
});

it("boots from a volume that is made from the image and deleted with the server", async () => {
  const device = {
    sourceType: "image",
    uuid: cloudId("image", "node"),
    destinationType: "volume",
    volumeSize: 40,
    bootIndex: 0,
    deleteOnTermination: true,
  };
  expect((await make({ volume: { size: 40 } })).args).toEqual({ ...common, blockDevices: [device] });
  expect((await make({ volume: { size: 40, type: "fast" } })).args).toEqual({
    ...common,
    blockDevices: [{ ...device, volumeType: "fast" }],
  });
});

it("adds tags and metadata to the library's own", async () => {
  const { args } = await make({ tags: ["team-a"], metadata: { owner: "a" } });
  expect([args.tags, args.metadata]).toEqual([["caravan-cluster=demo", "team-a"], { owner: "a", ...common.metadata }]);
});

it.each([
  ["the machine's policy", { serverGroup: { policy: "affinity" } } as const, {}, "affinity"],
  ["the component's policy", {}, { serverGroup: "soft-anti-affinity" } as const, "soft-anti-affinity"],
  [
    "the machine's policy before the component's",
    { serverGroup: { policy: "affinity" } } as const,
    { serverGroup: "anti-affinity" } as const,
    "affinity",
  ],
])("adds the servers to a group of %s", async (_, more, defaults, policy) => {
  const { args, others } = await make(more, defaults);
  expect(args.schedulerHints).toEqual([{ group: "web-id" }]);
  expect(others.map(({ type, name, parent, inputs }) => ({ type, name, parent, inputs }))).toEqual([
    { type: "openstack:compute/serverGroup:ServerGroup", name: "web", parent: "parent", inputs: { policies: [policy] } },
  ]);
});

it("adds the servers to an existing group, and makes none", async () => {
  const { args, others } = await make({ serverGroup: { id: "group" } }, { serverGroup: "soft-anti-affinity" });
  expect([args.schedulerHints, others]).toEqual([[{ group: "group" }], []]);
});
