import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";
import { serverConfig } from "./servers-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;

/** Workers in the second subnet of an existing network, with ports that are made before them. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer"] } });
let stack: EngineStack;
let config: Record<string, unknown>;

beforeAll(async () => {
  await cloud.start();
  const { networks } = cloud.neutron;
  const network = networks.networks.add(networks.makeNetwork({ name: "company" }));
  const [, subnet] = ["10.41.0.0/16", "10.40.0.0/16"].map((cidr) =>
    networks.subnets.add(networks.makeSubnet({ network_id: network.id, cidr })),
  );
  const values = { "control-planes": "1", parallel: "64", "builds-at-once": "1000" };
  config = { ...serverConfig(2, values), "scale:adopt": { networkId: network.id, subnetId: subnet!.id } };
  stack = await EngineStack.create(cloud, { config });
  await stack.up();
}, MILLISECONDS);

afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

const workers = () => cloud.nova.servers.store.all.filter(({ name }) => name.startsWith("scale-workers-"));
const portsOf = ({ id }: { id: string }) => cloud.neutron.ports.ofDevice(id);
const allPorts = () => cloud.neutron.ports.store.all.filter(({ device_owner: owner }) => !owner.startsWith("network:"));

/** Returns each worker's server and ports by its place. */
const places = (): Record<string, { server: string; ports: string[] }> =>
  Object.fromEntries(
    workers().map((server) => [server.name.split("-")[2], { server: server.id, ports: portsOf(server).map(({ id }) => id) }]),
  );

it("gives every machine one address, of the cluster's subnet", () => {
  const addresses = cloud.nova.servers.store.all.map((server) =>
    portsOf(server).flatMap(({ fixed_ips: ips }) => ips.map((ip) => ip.ip_address)),
  );
  expect(addresses).toEqual(Array(3).fill([expect.stringMatching(/^10\.40\.0\.\d+$/)]));
  expect(allPorts()).toHaveLength(3);
});

it(
  "makes successors with ports of their own for another image, and changes nothing in the next run",
  async () => {
    const before = places();
    await stack.configure({ ...config, "scale:image": "newer" });
    await stack.up();
    const after = places();
    expect(Object.keys(after).sort()).toEqual(["0", "1"]);
    for (const [place, { server, ports }] of Object.entries(after)) {
      expect(server).not.toBe(before[place]!.server);
      expect(ports).toEqual([expect.not.stringMatching(before[place]!.ports[0]!)]);
    }
    expect(allPorts()).toHaveLength(3);
    expect(await stack.command(["up", "--yes", "--skip-preview"])).toMatch(/Resources:\n +\d+ unchanged\n/);
  },
  MILLISECONDS,
);

it(
  "recreates a worker in ERROR that still holds its port",
  async () => {
    const before = places();
    workers().find(({ id }) => id === before["1"]!.server)!.status = "ERROR";
    await stack.up();
    const after = places();
    expect([after["0"], after["1"]!.server === before["1"]!.server]).toEqual([before["0"], false]);
    expect(allPorts()).toHaveLength(3);
  },
  MILLISECONDS,
);

it(
  "refuses to replace a server whose port it holds, with the command that replaces the port and so the machine",
  async () => {
    const before = places();
    const server = await stack.urn("openstack:compute/instance:Instance", "scale-workers-0");
    const failure = await stack.command(["up", "--yes", "--skip-preview", "--replace", server]).catch((error) => error.output);
    const [, port] = /replace the port, and the machine follows: pulumi up --replace '(.*)'/.exec(failure) ?? [];
    expect(port).toBe(await stack.urn("openstack:networking/port:Port", "scale-workers-0"));
    expect(places()).toEqual(before);
    await stack.up(["--replace", port!]);
    const after = places();
    expect([after["1"], after["0"]!.server === before["0"]!.server]).toEqual([before["1"], false]);
    expect(allPorts()).toHaveLength(3);
  },
  MILLISECONDS,
);

it(
  "makes the other workers when a port is not created, and that one in the next run",
  async () => {
    const before = places();
    await stack.configure({ ...config, "scale:image": "newer", "scale:workers": 4 });
    cloud.faults.settings.requests = [{ call: "POST /network/v2.0/ports", effect: { status: 400 }, limit: 1 }];
    expect((await stack.attempt()).error).toContain("The fake was told to answer 400.");
    expect([workers().length, allPorts().length]).toEqual([3, 4]);
    expect(places()).toMatchObject(before);
    await stack.up();
    expect([workers().length, allPorts().length]).toEqual([4, 5]);
  },
  MILLISECONDS,
);
