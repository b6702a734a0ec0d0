import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { stackConfig } from "../../../devcloud/stack.ts";
import { configure, createCluster, destroy, resourcesOf, up } from "../support/cluster.ts";
import { openstack } from "../support/openstack.ts";
import { endpointTargets, TARGETABLE } from "../support/targets.ts";

// Routers, a network and a subnet that exist already. The cluster connects them, and does not change them.
const OUTSIDE = "e2e-adopted-outside";
const CIDR = "10.43.0.0/24";
const one = { count: 1, machine: { image: "node", flavor: "node.small" } };

interface Made {
  id: string;
}

const ids = { network: "", subnet: "", router: "" };

beforeAll(async () => {
  await removeOutside();
  ids.router = (await openstack<Made>(["router", "create", "--external-gateway", "public", OUTSIDE])).id;
  ids.network = (await openstack<Made>(["network", "create", OUTSIDE])).id;
  // Another subnet of the network, in which no machine may be.
  await openstack(["subnet", "create", "--network", OUTSIDE, "--subnet-range", "10.44.0.0/24", `${OUTSIDE}-other`]);
  ids.subnet = (await openstack<Made>(["subnet", "create", "--network", OUTSIDE, "--subnet-range", CIDR, OUTSIDE])).id;
});

afterAll(removeOutside);

it("makes a cluster on one of the subnets of an existing network, and connects the subnet to an existing router", async () => {
  const { networkId, subnetId, routerId } = { networkId: ids.network, subnetId: ids.subnet, routerId: ids.router };
  const network = { adopt: { networkId, subnetId, routerId }, cidr: CIDR, externalNetwork: "public" };
  const { stack } = await createCluster("e2e-adopted", 2, { "caravan:network": network, "caravan:pools": { default: one } });
  try {
    expect(await linkedSubnets()).toEqual([ids.subnet]);
    expect(await typesOf(stack)).toEqual(["RouterInterface"]);
    expect(await machineSubnets()).toEqual([[ids.subnet], [ids.subnet]]);
    expect(await up(stack)).toEqual({ same: expect.any(Number) });
  } finally {
    await destroy(stack);
  }
  expect(await linkedSubnets()).toEqual([]);
  expect(await names("subnet")).toContain(OUTSIDE);
});

it("connects a network of its own to an existing router", async () => {
  const { "caravan:network": own } = (await stackConfig("mini")) as { "caravan:network": Record<string, unknown> };
  const stack = await configure("e2e-adopted-router", { ...TARGETABLE, "caravan:network": { ...own, router: ids.router } });
  try {
    await up(
      stack,
      endpointTargets(stack.name).flatMap((urn) => ["--target", urn]),
    );
    expect(await typesOf(stack)).toEqual(["Network", "RouterInterface", "Subnet"]);
    expect(await linkedSubnets()).toHaveLength(1);
  } finally {
    await destroy(stack);
  }
  expect(await linkedSubnets()).toEqual([]);
  expect(await names("router")).toContain(OUTSIDE);
});

/** Lists the types of networks, subnets, routers and router interfaces that a stack has created. */
async function typesOf(stack: Parameters<typeof resourcesOf>[0]): Promise<string[]> {
  const types = (await resourcesOf(stack)).map(({ type }) => type.split(":").at(-1)!);
  return types.filter((type) => ["Network", "Subnet", "Router", "RouterInterface"].includes(type)).sort();
}

/** Lists the subnets that the router connects, without the external one. */
async function linkedSubnets(): Promise<string[]> {
  const { interfaces_info: interfaces } = await openstack<{ interfaces_info: { subnet_id: string }[] }>(["router", "show", OUTSIDE]);
  return interfaces.map(({ subnet_id }) => subnet_id);
}

/** Lists the subnets of each server's port in the network. */
async function machineSubnets(): Promise<string[][]> {
  const listed = ["port", "list", "--network", OUTSIDE, "--long"];
  const ports = await openstack<{ "Device Owner": string; "Fixed IP Addresses": { subnet_id: string }[] }[]>(listed);
  const own = ports.filter((port) => port["Device Owner"].startsWith("compute:"));
  return own.map((port) => port["Fixed IP Addresses"].map(({ subnet_id }) => subnet_id));
}

async function names(kind: string): Promise<string[]> {
  return (await openstack<{ Name: string }[]>([kind, "list"])).map(({ Name }) => Name);
}

/** Removes the objects of this scenario, or of an earlier one that was interrupted. */
async function removeOutside(): Promise<void> {
  for (const kind of ["router", "network"]) {
    if ((await names(kind)).includes(OUTSIDE)) await onDevcloud(["openstack", kind, "delete", OUTSIDE], { deadline: 120 });
  }
}
