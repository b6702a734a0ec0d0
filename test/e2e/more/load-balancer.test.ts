import { afterAll, beforeAll, expect, it } from "vitest";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { pulumi, type Stack, stackOutput, writeConfig } from "../../../devcloud/stack.ts";
import { resourcesOf, up } from "../support/cluster.ts";
import { inventory, openstack } from "../support/openstack.ts";
import { selectProgram } from "../support/program.ts";

const name = "e2e-load-balancer";
let stack: Stack;

beforeAll(async () => {
  await startCloud({ parts: ["octavia"] });
  stack = await selectProgram(name, "load-balancer", { "load-balancer:controlPlanes": 3 });
  await up(stack);
});

afterAll(() => pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 300 }));

/** Returns Octavia's data of the stack's object of a kind. */
async function shown(kind: "" | "listener" | "pool" | "healthmonitor", type: string): Promise<Record<string, unknown>> {
  const found = (await resourcesOf(stack)).find((resource) => resource.type === `openstack:loadbalancer/${type}`);
  return openstack(["loadbalancer", ...(kind === "" ? [] : [kind]), "show", found!.id!]);
}

async function members(): Promise<unknown[]> {
  const { id } = await shown("pool", "pool:Pool");
  const list = await openstack<{ address: string; protocol_port: number }[]>(["loadbalancer", "member", "list", String(id)]);
  return list.map(({ address, protocol_port }) => `${address}:${protocol_port}`).sort();
}

it("gives users a floating IP, and nodes an address in their own network", async () => {
  const balancer = await shown("", "loadBalancer:LoadBalancer");
  expect(balancer).toMatchObject({ provisioning_status: "ACTIVE", tags: `caravan-cluster=${name}` });
  expect(await stackOutput(stack, "nodeHost")).toBe(balancer.vip_address);
  const floating = await openstack<{ "Floating IP Address": string }[]>(["floating", "ip", "list", "--port", String(balancer.vip_port_id)]);
  expect(floating.map((each) => `${each["Floating IP Address"]}:6443`)).toEqual([await stackOutput(stack, "address")]);
});

it("accepts users and nodes, whose watches may be silent for an hour", async () => {
  expect(await shown("listener", "listener:Listener")).toMatchObject({
    provisioning_status: "ACTIVE",
    protocol: "TCP",
    protocol_port: 6443,
    allowed_cidrs: "10.43.0.0/24\n172.24.4.0/22",
    timeout_client_data: 3_600_000,
    timeout_member_data: 3_600_000,
  });
});

it("prefers the control plane with the fewest connections among the ready ones", async () => {
  expect(await shown("pool", "pool:Pool")).toMatchObject({ protocol: "TCP", lb_algorithm: "LEAST_CONNECTIONS" });
  expect(await shown("healthmonitor", "monitor:Monitor")).toMatchObject({
    type: "HTTPS",
    http_method: "GET",
    url_path: "/readyz",
    expected_codes: "200",
    delay: 5,
    timeout: 3,
    max_retries: 2,
    max_retries_down: 2,
  });
});

it("follows the control planes, and changes nothing else", async () => {
  const addresses = await stackOutput<string[]>(stack, "members");
  expect(await members()).toEqual(addresses.map((address) => `${address}:6443`).sort());
  await writeConfig(stack, { "load-balancer:controlPlanes": 2 });
  expect(await up(stack)).toEqual({ update: 1, delete: 1, same: expect.any(Number) });
  expect(await members()).toEqual(
    addresses
      .slice(0, 2)
      .map((address) => `${address}:6443`)
      .sort(),
  );
  expect(await up(stack)).toEqual({ same: expect.any(Number) });
});

it("leaves nothing, not even the port of its address", async () => {
  await pulumi(stack, ["destroy", "--yes", "--skip-preview"], { deadline: 300 });
  expect(await openstack(["loadbalancer", "list"])).toEqual([]);
  expect(await inventory(name)).toEqual({
    "floating ip": [],
    keypair: [],
    network: [],
    port: [],
    router: [],
    "security group": [],
    server: [],
  });
});
