import { afterEach, describe, expect, it } from "vitest";
import { type Exchange, ExchangeClient } from "./exchange-client.ts";
import { FakeCloud, type FakeCloudOptions } from "./fake-cloud.ts";
import type { RequestFault } from "./faults.ts";
import { INSTANT } from "./settings.ts";

const POST_SERVER = "POST /compute/v2.1/servers";
let cloud: FakeCloud;
let client: ExchangeClient;
/** Time of the cloud, in seconds. */
let now = 0;

afterEach(() => cloud?.stop());

async function start({ settings, ...options }: FakeCloudOptions = {}): Promise<void> {
  now = 0;
  cloud = new FakeCloud({ settings: { ...INSTANT, ...settings }, time: () => now * 1000, ...options });
  await cloud.start();
  ({ client } = await ExchangeClient.connect(cloud.environment));
}

const compute = (method: string, path: string, body?: object) => client.send(method, "compute", path, body);
const network = (method: string, path: string, body?: object) => client.send(method, "network", path, body);

async function makeNetwork(): Promise<string> {
  const { body } = await network("POST", "/networks", { network: { name: "net" } });
  await network("POST", "/subnets", { subnet: { network_id: body.network.id, cidr: "10.0.0.0/24", ip_version: 4 } });
  return body.network.id;
}

function makeServer(networks: object[] = [], name = "node"): Promise<Exchange> {
  const [image, flavor] = [cloud.glance.images.all[0]!, cloud.nova.flavors.store.all[0]!];
  return compute("POST", "/servers", { server: { name, imageRef: image.id, flavorRef: flavor.id, networks } });
}

async function statusOfServer({ body }: Exchange): Promise<string> {
  return (await compute("GET", `/servers/${body.server.id}`)).body.server.status;
}

describe("servers", () => {
  it("are built up to the limit of concurrent builds", async () => {
    await start({ settings: { buildSeconds: 2, buildsAtOnce: 2 } });
    const servers = [await makeServer(), await makeServer(), await makeServer()];
    const statuses = () => Promise.all(servers.map(statusOfServer));
    now = 1.9;
    expect(await statuses()).toEqual(["BUILD", "BUILD", "BUILD"]);
    now = 2;
    expect(await statuses()).toEqual(["ACTIVE", "ACTIVE", "BUILD"]);
    now = 4;
    expect(await statuses()).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  });

  it("are counted by the names of their pools, with the most that were being built at a time", async () => {
    await start({ settings: { buildSeconds: 2 } });
    for (const name of ["a-0-1234567", "a-1-89abcde", "a-control-plane-0"]) await makeServer([], name);
    now = 2;
    await makeServer([], "a-2-0000000");
    expect(cloud.nova.servers.mostBuilding).toEqual({ a: 2, "a-control-plane": 1 });
  });

  it("delete the ports that Nova made with them, and free the others", async () => {
    await start({ settings: { deleteSeconds: 2 } });
    const uuid = await makeNetwork();
    const port = (await network("POST", "/ports", { port: { network_id: uuid } })).body.port.id;
    const { body } = await makeServer([{ uuid }, { port }]);
    expect(cloud.inventory.ports).toBe(2);
    await compute("DELETE", `/servers/${body.server.id}`);
    now = 1.9;
    expect(cloud.inventory).toMatchObject({ servers: 1, ports: 2 });
    now = 2;
    expect(cloud.inventory).toMatchObject({ servers: 0, ports: 1 });
    expect((await network("GET", `/ports/${port}`)).body.port).toMatchObject({ status: "DOWN", device_id: "" });
  });

  it("are refused beyond the quota", async () => {
    await start({ settings: { quota: { ...INSTANT.quota, instances: 1, ports: 1 } } });
    const uuid = await makeNetwork();
    expect((await makeServer([{ uuid }])).status).toBe(202);
    const message = "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances";
    expect(await makeServer()).toEqual({ status: 403, body: { forbidden: { code: 403, message } } });
    const { status, body } = await network("POST", "/ports", { port: { network_id: uuid } });
    expect({ status, type: body.NeutronError.type }).toEqual({ status: 409, type: "OverQuota" });
  });
});

describe("unlucky servers", () => {
  it("find no host, have no port, and are gone at once when they are deleted", async () => {
    await start({ faults: { noValidHost: 1 }, settings: { deleteSeconds: 60 } });
    const made = await makeServer([{ uuid: await makeNetwork() }]);
    const { server } = (await compute("GET", `/servers/${made.body.server.id}`)).body;
    const message = "No valid host was found. There are not enough hosts available.";
    expect(server).toMatchObject({ status: "ERROR", fault: { code: 500, message }, addresses: {} });
    await compute("DELETE", `/servers/${server.id}`);
    expect(cloud.inventory).toMatchObject({ servers: 0, ports: 0 });
  });

  it("fail at the end of their build and release their port", async () => {
    await start({ faults: { errorServers: 1 }, settings: { buildSeconds: 2 } });
    const made = await makeServer([{ uuid: await makeNetwork() }]);
    expect(cloud.inventory.ports).toBe(1);
    now = 2;
    expect(await statusOfServer(made)).toBe("ERROR");
    expect(cloud.inventory).toMatchObject({ servers: 1, ports: 0 });
  });

  it("need longer to build", async () => {
    await start({ faults: { slowServers: { share: 1, seconds: 60 } }, settings: { buildSeconds: 2 } });
    const made = await makeServer();
    now = 61;
    expect(await statusOfServer(made)).toBe("BUILD");
    now = 62;
    expect(await statusOfServer(made)).toBe("ACTIVE");
  });

  it("are the same in each run with the same seed, and match the given share", () => {
    const fates = (seed: number) => {
      const { faults } = new FakeCloud({ faults: { errorServers: 0.1 }, seed });
      return Array.from({ length: 1000 }, () => faults.nextServer().fate);
    };
    const first = fates(7);
    expect(fates(7)).toEqual(first);
    expect(fates(8)).not.toEqual(first);
    const failed = first.filter((fate) => fate === "error").length;
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(130);
  });
});

describe("unlucky requests", () => {
  const failing = (fault: RequestFault) => start({ faults: { requests: [fault] } });

  it("come in a burst of 429, with Retry-After if wanted", async () => {
    await failing({ call: POST_SERVER, effect: { status: 429, retryAfter: 3 }, limit: 2 });
    const url = `${cloud.url}/compute/v2.1/servers`;
    const response = await fetch(url, { method: "POST", body: "{}" });
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
    expect((await makeServer()).status).toBe(429);
    expect((await makeServer()).status).toBe(202);
  });

  it("have no Retry-After by default", async () => {
    await failing({ effect: { status: 429 } });
    const response = await fetch(`${cloud.url}/network/v2.0/ports`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, null]);
  });

  it("get a refusal in the form of each service", async () => {
    await failing({ effect: { status: 503 } });
    const message = "The fake was told to answer 503.";
    expect(await compute("GET", "/limits")).toEqual({ status: 503, body: { serviceUnavailable: { code: 503, message } } });
    const neutron = { type: "HTTPException", message, detail: "" };
    expect(await network("GET", "/ports")).toEqual({ status: 503, body: { NeutronError: neutron } });
    expect((await client.send("GET", "image", "/images")).body).toContain("<h1>503</h1>");
  });

  it("lose their connection before or after the service has done the work", async () => {
    await failing({ call: POST_SERVER, effect: "cut" });
    await expect(makeServer()).rejects.toThrow("fetch failed");
    expect(cloud.inventory.servers).toBe(0);
    cloud.faults.settings.requests = [{ call: POST_SERVER, effect: "cut-after" }];
    await expect(makeServer()).rejects.toThrow("fetch failed");
    expect(cloud.inventory.servers).toBe(1);
  });

  it("are a share of all calls, the same in each run with the same seed", () => {
    const hits = (seed: number) => {
      const { faults } = new FakeCloud({ faults: { requests: [{ effect: { status: 500 }, share: 0.02 }] }, seed });
      return Array.from({ length: 1000 }, (_, ordinal) => (faults.nextCall(POST_SERVER) ? [ordinal] : [])).flat();
    };
    const first = hits(1);
    expect(hits(1)).toEqual(first);
    expect(hits(2)).not.toEqual(first);
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(40);
  });

  it("never hit a sign-in unless it is named", async () => {
    await failing({ effect: { status: 500 } });
    expect((await ExchangeClient.connect(cloud.environment)).signIn.status).toBe(201);
    cloud.faults.settings.requests = [{ call: "POST /identity/v3/auth/tokens", effect: { status: 500 } }];
    expect((await ExchangeClient.connect(cloud.environment)).signIn.status).toBe(500);
  });
});

it("accepts tokens until they expire, and counts the valid ones", async () => {
  await start({ settings: { tokenSeconds: 60 } });
  expect(cloud.inventory.tokens).toBe(1);
  now = 59;
  expect((await network("GET", "/ports")).status).toBe(200);
  now = 60;
  expect((await network("GET", "/ports")).status).toBe(401);
  expect(cloud.inventory.tokens).toBe(0);
});

it("counts requests by kind, including unknown ones", async () => {
  await start();
  const port = "00000000-0000-4000-8000-000000000000";
  for (const path of [`/ports/${port}`, "/ports/1", "/trunks"]) await network("GET", path);
  expect(cloud.calls.take()).toEqual({
    "GET /network/v2.0/ports/{id}": 2,
    "GET /network/v2.0/trunks (unknown)": 1,
    "POST /identity/v3/auth/tokens": 1,
  });
  expect(cloud.calls.total).toBe(0);
});

it("gives an address to one port at a time", async () => {
  await start();
  const { body } = await network("POST", "/networks", { network: {} });
  const network_id = body.network.id;
  await network("POST", "/subnets", { subnet: { network_id, cidr: "10.0.0.0/29" } });
  const makePort = () => network("POST", "/ports", { port: { network_id } });
  const ports = [await makePort(), await makePort(), await makePort(), await makePort(), await makePort()];
  const addresses = ports.map((each) => each.body.port.fixed_ips[0].ip_address);
  expect(addresses).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
  expect((await makePort()).body.NeutronError.type).toBe("IpAddressGenerationFailure");
  await network("DELETE", `/ports/${ports[2]!.body.port.id}`);
  expect((await makePort()).body.port.fixed_ips[0].ip_address).toBe("10.0.0.4");
});

it("has load balancers that are active again a while after each change, and that free their address when they are deleted", async () => {
  await start({ settings: { loadBalancerSeconds: 5 } });
  const balance = (method: string, path: string, body?: object) => client.send(method, "load-balancer", `/lbaas${path}`, body);
  const networkId = await makeNetwork();
  const { subnets } = (await network("GET", `/subnets?network_id=${networkId}`)).body;
  const { loadbalancer } = (await balance("POST", "/loadbalancers", { loadbalancer: { vip_subnet_id: subnets[0].id } })).body;
  const statusNow = async () => (await balance("GET", `/loadbalancers/${loadbalancer.id}`)).body.loadbalancer.provisioning_status;
  expect([loadbalancer.vip_address, await statusNow()]).toEqual(["10.0.0.2", "PENDING_CREATE"]);
  now = 5;
  expect(await statusNow()).toBe("ACTIVE");

  const { pool } = (await balance("POST", "/pools", { pool: { loadbalancer_id: loadbalancer.id, protocol: "TCP" } })).body;
  expect(await statusNow()).toBe("PENDING_UPDATE");
  const members = ["10.0.0.3", "10.0.0.4"].map((address) => ({ address, protocol_port: 6443 }));
  expect((await balance("PUT", `/pools/${pool.id}/members`, { members })).status).toBe(202);
  expect((await balance("GET", `/pools/${pool.id}/members`)).body.members).toMatchObject(members);
  expect(cloud.inventory).toMatchObject({ loadBalancers: 1, ports: 1 });
  await balance("DELETE", `/loadbalancers/${loadbalancer.id}?cascade=true`);
  expect(cloud.inventory).toMatchObject({ loadBalancers: 0, ports: 0 });
});
