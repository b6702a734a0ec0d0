import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSshKey } from "../../lib/ssh/key.ts";
import { type Exchange, ExchangeClient } from "./exchange-client.ts";
import { FakeCloud } from "./fake-cloud.ts";
import { objectsOf } from "./inventory.ts";
import { INSTANT } from "./settings.ts";

/**
 * Requests of the OpenStack plugin, and the parts of the answers that it reads. The same suite runs with the fake and with the cloud of the
 * OS_* variables (devcloud has the same names). The latter runs only when CARAVAN_EXCHANGES is "cloud", and is shown as skipped otherwise.
 */
const IMAGE = process.env.CARAVAN_EXCHANGES_IMAGE ?? "node";
const FLAVOR = process.env.CARAVAN_EXCHANGES_FLAVOR ?? "node.small";
const EXTERNAL = process.env.CARAVAN_EXCHANGES_NETWORK ?? "public";

const text = expect.any(String);
const list = expect.any(Array);
const flag = expect.any(Boolean);
const number = expect.any(Number);
const has = (shape: object) => expect.objectContaining(shape);

describe("the fake cloud", () => {
  const fake = new FakeCloud({ settings: { ...INSTANT, buildSeconds: 0.3, deleteSeconds: 0.2 } });
  beforeAll(() => fake.start());
  afterAll(() => fake.stop());
  exchanges(() => fake.environment);

  it("has nothing left afterwards but tokens", () => {
    expect(Object.entries(objectsOf(fake)).filter(([, count]) => count > 0)).toEqual([]);
  });
});

describe.skipIf(process.env.CARAVAN_EXCHANGES !== "cloud")("the cloud of OS_* (CARAVAN_EXCHANGES=cloud)", () => {
  exchanges(() => process.env);
});

function exchanges(environment: () => Record<string, string | undefined>): void {
  const name = `exchange-${randomUUID().slice(0, 8)}`;
  const ids: Record<string, string> = {};
  let client: ExchangeClient;
  let signIn: Exchange;
  beforeAll(async () => {
    ({ client, signIn } = await ExchangeClient.connect(environment()));
  });

  const network = (method: string, path: string, body?: object) => client.send(method, "network", path, body);
  const compute = (method: string, path: string, body?: object, version?: string) => client.send(method, "compute", path, body, version);
  /** Makes an object, and records its id by kind. */
  const make = async (path: string, kind: string, input: object) => {
    const exchange = await network("POST", path, { [kind]: input });
    ids[kind] = exchange.body[kind]?.id;
    return exchange;
  };
  const statusOf = async (exchange: Promise<Exchange>) => (await exchange).status;

  it("signs in and returns a catalogue", () => {
    const service = has({ type: text, endpoints: list });
    expect(signIn).toEqual({ status: 201, body: { token: has({ expires_at: text, project: has({ id: text }), catalog: list }) } });
    expect(signIn.body.token.catalog).toContainEqual(service);
    const types = signIn.body.token.catalog.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(["compute", "network", "image"]));
  });

  it("refuses a foreign token", async () => {
    expect(await statusOf(client.send("GET", "network", "/ports", undefined, undefined, "none"))).toBe(401);
    expect(await statusOf(client.send("GET", "compute", "/flavors/detail", undefined, undefined, "none"))).toBe(401);
  });

  it("finds image, flavor and external network", async () => {
    const { body: found } = await client.send("GET", "image", `/images?name=${IMAGE}&status=active&sort_key=name&sort_dir=asc`);
    ids.image = found.images[0].id;
    const image = has({ id: text, name: IMAGE, status: "active", visibility: text, min_disk: number, tags: list, created_at: text });
    expect(await client.send("GET", "image", `/images/${ids.image}`)).toEqual({ status: 200, body: image });

    const { body: all } = await compute("GET", "/flavors/detail?is_public=None", undefined, "2.55");
    ids.flavor = all.flavors.find((flavor: { name: string }) => flavor.name === FLAVOR).id;
    const flavor = has({ id: ids.flavor, name: FLAVOR, vcpus: number, ram: number, disk: number, rxtx_factor: number });
    expect(await compute("GET", `/flavors/${ids.flavor}`)).toEqual({ status: 200, body: { flavor } });
    expect(await compute("GET", `/flavors/${ids.flavor}/os-extra_specs`)).toEqual({
      status: 200,
      body: { extra_specs: expect.any(Object) },
    });

    const { status, body } = await network("GET", `/networks?name=${EXTERNAL}&router%3Aexternal=true`);
    expect({ status, networks: body.networks }).toEqual({ status: 200, networks: [has({ name: EXTERNAL, "router:external": true })] });
    ids.external = body.networks[0].id;
  });

  it("makes a network with a subnet and a router", async () => {
    const shape = {
      id: text,
      status: "ACTIVE",
      admin_state_up: true,
      shared: false,
      subnets: [],
      mtu: number,
      port_security_enabled: flag,
      tags: [],
    };
    expect(await make("/networks", "network", { name, admin_state_up: true })).toEqual({
      status: 201,
      body: { network: has({ ...shape, name }) },
    });
    const tags = [`${name}=tag`];
    expect(await network("PUT", `/networks/${ids.network}/tags`, { tags })).toEqual({ status: 200, body: { tags } });

    const place = { network_id: ids.network, cidr: "10.77.0.0/24", ip_version: 4 };
    const subnet = has({
      ...place,
      id: text,
      gateway_ip: "10.77.0.1",
      enable_dhcp: true,
      allocation_pools: [{ start: text, end: text }],
      dns_nameservers: [],
    });
    expect(await make("/subnets", "subnet", { name, ...place, enable_dhcp: true })).toEqual({ status: 201, body: { subnet } });

    const gateway = { network_id: ids.external };
    const router = has({ id: text, status: "ACTIVE", admin_state_up: true, external_gateway_info: has(gateway), routes: [] });
    expect(await make("/routers", "router", { name, external_gateway_info: gateway })).toEqual({ status: 201, body: { router } });
    const link = { subnet_id: ids.subnet };
    const linked = await network("PUT", `/routers/${ids.router}/add_router_interface`, link);
    expect(linked).toEqual({ status: 200, body: has({ ...link, id: ids.router, port_id: text }) });
    const port = has({ device_id: ids.router, network_id: ids.network, fixed_ips: [{ ...link, ip_address: "10.77.0.1" }] });
    expect((await network("GET", `/ports/${linked.body.port_id}`)).body).toEqual({ port });
  });

  it("makes a security group with a rule", async () => {
    const group = has({ id: text, name, security_group_rules: [has({ direction: "egress" }), has({ direction: "egress" })] });
    expect(await make("/security-groups", "security_group", { name })).toEqual({ status: 201, body: { security_group: group } });
    const from = {
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      port_range_min: 22,
      port_range_max: 22,
      remote_ip_prefix: "192.0.2.0/24",
    };
    const rule = { security_group_id: ids.security_group, ...from };
    const made = await make("/security-group-rules", "security_group_rule", rule);
    expect(made).toEqual({ status: 201, body: { security_group_rule: has({ ...rule, id: text, remote_group_id: null }) } });
  });

  it("makes a port", async () => {
    const input = { name, network_id: ids.network, security_groups: [ids.security_group], fixed_ips: [{ subnet_id: ids.subnet }] };
    const more = {
      id: text,
      mac_address: text,
      status: "DOWN",
      device_id: "",
      fixed_ips: [{ subnet_id: ids.subnet, ip_address: text }],
      tags: [],
    };
    expect(await make("/ports", "port", input)).toEqual({ status: 201, body: { port: has({ ...input, ...more }) } });
    const { body } = await network("GET", `/ports?id=${ids.port}`);
    expect(body.ports).toEqual([has({ id: ids.port, network_id: ids.network })]);
    const { body: networks } = await network("GET", `/networks?id=${ids.network}&status=ACTIVE`);
    expect(networks.networks).toEqual([has({ id: ids.network, name, subnets: [ids.subnet] })]);
  });

  it("makes a keypair and a server group", async () => {
    const { publicKey: public_key } = createSshKey(name);
    expect(await statusOf(compute("POST", "/os-keypairs", { keypair: { name, public_key } }))).toBe(200);
    const keypair = has({ name, public_key, fingerprint: text, user_id: text });
    expect(await compute("GET", `/os-keypairs/${name}`)).toEqual({ status: 200, body: { keypair } });

    const policy = "soft-anti-affinity";
    expect(await statusOf(compute("POST", "/os-server-groups", { server_group: { name, policy } }, "2.15"))).toBe(400);
    const made = await compute("POST", "/os-server-groups", { server_group: { name, policies: [policy] } }, "2.15");
    expect(made).toEqual({ status: 200, body: { server_group: has({ id: text, name, policies: [policy], members: [] }) } });
    ids.group = made.body.server_group.id;
    const shown = await compute("GET", `/os-server-groups/${ids.group}`, undefined, "2.64");
    expect(shown).toEqual({ status: 200, body: { server_group: has({ id: ids.group, policy, members: [] }) } });
  });

  it("makes a server with a tag, on a port and in a group", async () => {
    const server = {
      name,
      imageRef: ids.image,
      flavorRef: ids.flavor,
      key_name: name,
      metadata: { a: "b" },
      tags: [name],
      networks: [{ port: ids.port }],
    };
    const request = { server: { ...server, user_data: "" }, "os:scheduler_hints": { group: ids.group } };
    const made = await compute("POST", "/servers", request, "2.52");
    expect(made).toEqual({ status: 202, body: { server: has({ id: text }) } });
    ids.server = made.body.server.id;
    expect((await compute("GET", `/servers/${ids.server}`)).body.server).toEqual(
      has({ id: ids.server, status: expect.stringMatching(/^(BUILD|ACTIVE)$/), name }),
    );
    const { body } = await client.until("compute", `/servers/${ids.server}`, (answer) => answer.body.server.status !== "BUILD");
    expect(body.server).toEqual(
      has({
        status: "ACTIVE",
        flavor: has({ id: ids.flavor }),
        image: has({ id: ids.image }),
        metadata: { a: "b" },
        key_name: name,
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        security_groups: list,
        addresses: { [name]: [has({ addr: text, version: 4, "OS-EXT-IPS-MAC:mac_addr": text })] },
        "OS-EXT-AZ:availability_zone": text,
        "OS-EXT-STS:vm_state": "active",
        accessIPv4: "",
      }),
    );
    expect(await compute("GET", `/servers/${ids.server}/tags`, undefined, "2.26")).toEqual({ status: 200, body: { tags: [name] } });
    expect((await compute("GET", `/servers/detail?tags=${name}`, undefined, "2.47")).body.servers).toEqual([
      has({ flavor: has({ original_name: FLAVOR }) }),
    ]);
    await client.until("network", `/ports/${ids.port}`, (answer) => answer.body.port.status === "ACTIVE");
  });

  it("makes a volume, extends it and removes it", async ({ skip }) => {
    skip(!client.has("volumev3"), "the cloud has no block storage");
    const volumes = (method: string, path: string, body?: object) => client.send(method, "volumev3", `/volumes${path}`, body);
    const shape = { id: text, size: 1, volume_type: text, metadata: { a: "b" }, attachments: [], bootable: "false", created_at: text };
    const made = await volumes("POST", "", { volume: { name, size: 1, metadata: { a: "b" } } });
    expect(made).toEqual({ status: 202, body: { volume: has({ ...shape, name, status: "creating" }) } });
    const path = `/${made.body.volume.id}`;
    const changedFrom = (status: string) => client.until("volumev3", `/volumes${path}`, ({ body }) => body.volume.status !== status);
    const shown = (await changedFrom("creating")).body;
    expect(shown).toEqual({ volume: has({ ...shape, name, status: "available", availability_zone: text }) });

    const description = "described";
    const changed = await volumes("PUT", path, { volume: { name, description } });
    expect(changed).toEqual({ status: 200, body: { volume: has({ name, description }) } });
    const invalid = { badRequest: { code: 400, message: text } };
    expect(await volumes("POST", `${path}/action`, { "os-extend": { new_size: 1 } })).toEqual({ status: 400, body: invalid });
    expect(await volumes("POST", `${path}/action`, { "os-extend": { new_size: 2 } })).toEqual({ status: 202, body: "" });
    // devcloud's driver then reports that it cannot. A volume that could not grow may be removed, too.
    await changedFrom("extending");
    const { body: listed } = await volumes("GET", `/detail?name=${name}`);
    expect(listed.volumes).toEqual([has({ ...shape, id: made.body.volume.id, size: number, description })]);

    const attachments = `/servers/${ids.server}/os-volume_attachments/${made.body.volume.id}`;
    expect(await compute("GET", attachments)).toEqual({ status: 404, body: { itemNotFound: { code: 404, message: text } } });
    expect(await statusOf(volumes("DELETE", path))).toBe(202);
    const gone = await client.until("volumev3", `/volumes${path}`, ({ status }) => status === 404);
    expect(gone.body).toEqual({ itemNotFound: { code: 404, message: text } });
  });

  it("refuses to remove what is in use, and to show what does not exist", async () => {
    const neutron = { NeutronError: { type: text, message: text, detail: expect.anything() } };
    const refused = await network("DELETE", `/networks/${ids.network}`);
    expect({ status: refused.status, type: refused.body.NeutronError.type }).toEqual({ status: 409, type: "NetworkInUse" });
    expect(await statusOf(network("DELETE", `/routers/${ids.router}`))).toBe(409);
    const { status, body } = await network("GET", `/ports/${randomUUID()}`);
    expect({ status, body }).toEqual({ status: 404, body: { NeutronError: { ...neutron.NeutronError, detail: "" } } });
    const missing = await compute("GET", `/servers/${randomUUID()}`);
    expect(missing).toEqual({ status: 404, body: { itemNotFound: { code: 404, message: text } } });
  });

  it("removes everything in the order of the plugin", async () => {
    expect(await statusOf(compute("DELETE", `/servers/${ids.server}`))).toBe(204);
    await client.until("compute", `/servers/${ids.server}`, ({ status }) => status === 404);
    await client.until("network", `/ports/${ids.port}`, ({ body }) => body.port.device_id === "");
    expect(await statusOf(compute("DELETE", `/os-server-groups/${ids.group}`))).toBe(204);
    expect(await statusOf(compute("DELETE", `/os-keypairs/${name}`))).toBe(202);
    expect(await statusOf(network("DELETE", `/ports/${ids.port}`))).toBe(204);
    expect(await statusOf(network("GET", `/ports/${ids.port}`))).toBe(404);
    expect(await statusOf(network("PUT", `/routers/${ids.router}/remove_router_interface`, { subnet_id: ids.subnet }))).toBe(200);
    for (const path of [
      `/routers/${ids.router}`,
      `/subnets/${ids.subnet}`,
      `/networks/${ids.network}`,
      `/security-groups/${ids.security_group}`,
    ])
      expect(await statusOf(network("DELETE", path))).toBe(204);
    expect(await statusOf(network("GET", `/security-group-rules/${ids.security_group_rule}`))).toBe(404);
  });
}
