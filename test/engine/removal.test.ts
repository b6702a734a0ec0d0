import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { objectsOf } from "../fake-openstack/inventory.ts";
import type { FloatingIp } from "../fake-openstack/neutron/routers.ts";
import { EngineStack } from "./engine-stack.ts";

/** Timeout in milliseconds: a first run builds Pulumi's tools if they are missing. */
const MILLISECONDS = 240_000;
const POST_ADDRESS = "POST /network/v2.0/floatingips";

let cloud: FakeCloud;
let stack: EngineStack;

beforeEach(async () => {
  cloud = new FakeCloud();
  await cloud.start();
  stack = await EngineStack.create(cloud, {
    program: { name: "addresses", folder: "test/engine/programs/addresses" },
    config: { "openstack:maxRetries": 0 },
    deadline: 200,
  });
}, MILLISECONDS);

afterEach(async () => {
  vi.unstubAllEnvs();
  await stack?.remove();
  cloud.stop();
});

const floatingIps = () => cloud.neutron.routers.floatingIps.all as (FloatingIp & { description: string })[];

/** Names of the resources of the existing addresses, in the order of their creation. */
const addresses = () => floatingIps().map(({ description }) => description.split(" ").at(-1)!);

const withBastion = () => stack.configure({ "openstack:maxRetries": 0, "addresses:bastion": true });

it(
  "retries a failed creation, whether or not its object exists, and keeps the other address",
  async () => {
    await stack.up();
    const [api] = floatingIps();
    cloud.faults.settings.requests = [
      { call: POST_ADDRESS, effect: { status: 503 }, limit: 1 },
      { call: POST_ADDRESS, effect: "cut-after", limit: 1 },
    ];
    await withBastion();
    const { calls } = await stack.up();
    expect(calls[POST_ADDRESS]).toBe(3);
    expect(addresses()).toEqual(["-api", "-bastion"]);
    expect(floatingIps()[0]).toBe(api);
  },
  MILLISECONDS,
);

it(
  "stops before any change when an object that an old state lacks is in use, until its id is given",
  async () => {
    await stack.up();
    const old = addresses();
    stack.write("none");
    await withBastion();
    expect(await stack.killedUp(() => floatingIps().length > old.length)).toBe(true);
    const [{ port_id: port }, lost] = floatingIps() as unknown as [FloatingIp, FloatingIp];
    lost.port_id = port;

    const { error } = await stack.attempt();
    expect(error).toContain(`floating IP ${lost.floating_ip_address} (${lost.id}): it leads to the port ${port}`);
    expect(addresses()).toEqual(["-api", "-bastion"]);

    vi.stubEnv("CARAVAN_REMOVE_SERVING", lost.id);
    await stack.up();
    expect(addresses()).toEqual(["-api", "-bastion"]);
    expect(floatingIps()).not.toContain(lost);
  },
  MILLISECONDS,
);

it.each([
  ["an address", POST_ADDRESS],
  ["a port", "POST /network/v2.0/ports"],
])(
  "leaves nothing when it is destroyed, without its program, after a kill at the creation of %s",
  async (_title, call) => {
    expect(await stack.killedUp(() => (cloud.calls.byKind[call] ?? 0) > 0)).toBe(true);
    await stack.destroy();
    expect(Object.entries(objectsOf(cloud)).filter(([, count]) => count > 0)).toEqual([]);
  },
  MILLISECONDS,
);
