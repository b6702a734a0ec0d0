import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandFailed } from "../../devcloud/support/run.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;

/** Cloud with two external networks of one name. */
const cloud = new FakeCloud();
let stack: EngineStack;
/** Ids of the two external networks. */
let ids: [string, string];

beforeAll(async () => {
  await cloud.start();
  const { networks } = cloud.neutron;
  const [first] = networks.networks.all;
  const second = networks.networks.add(networks.makeNetwork({ name: "public", "router:external": true }));
  networks.subnets.add(networks.makeSubnet({ network_id: second.id, cidr: "198.51.100.0/24" }));
  ids = [first!.id, second.id];
  stack = await EngineStack.create(cloud, {
    program: { name: "addresses", folder: "test/engine/programs/addresses" },
    config: { "openstack:maxRetries": 0 },
    deadline: 200,
  });
}, MILLISECONDS);

afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

const floatingIps = () => cloud.neutron.routers.floatingIps.all.map(({ id, floating_network_id: network }) => ({ id, network }));

it(
  "refuses the name of two external networks, and names their ids",
  async () => {
    const failure = await stack.up().catch((error) => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    expect(failure.output).toContain(
      'external network "public" cannot be used: there are several external networks of that name, so give the id of one: ' +
        [...ids].sort().join(", "),
    );
    expect(floatingIps()).toEqual([]);
  },
  MILLISECONDS,
);

it(
  "takes a floating IP of the network whose id is given, and keeps it when the network is renamed",
  async () => {
    await stack.configure({ "openstack:maxRetries": 0, "addresses:external-network": ids[1] });
    await stack.up();
    const [made, ...others] = floatingIps();
    expect([made?.network, others]).toEqual([ids[1], []]);
    cloud.neutron.networks.networks.get(ids[1])!.name = "internet";
    expect(await stack.command(["up", "--yes", "--skip-preview", "--refresh"])).not.toMatch(/\d+ (created|replaced|deleted|updated)/);
    expect(floatingIps()).toEqual([made]);
  },
  MILLISECONDS,
);
