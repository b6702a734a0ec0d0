import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { FakeOpenStack, PROJECT_ID } from "../../support/fake-openstack.ts";

const cloud = new FakeOpenStack();

beforeEach(async () => {
  cloud.requests.length = 0;
  cloud.pageSize = Number.POSITIVE_INFINITY;
  await cloud.start();
});
afterEach(() => {
  cloud.stop();
  vi.restoreAllMocks();
});

function settings(changes: { region?: string; interface?: string } = {}) {
  const auth = { username: "ann", password: "secret", user_domain_name: "Default", project_id: PROJECT_ID };
  return {
    authUrl: `${cloud.url}/v3`,
    auth,
    interface: "public",
    tls: { rejectUnauthorized: true },
    endpointOverrides: {},
    remarks: [],
    ...changes,
  };
}

it("signs in and uses the endpoints of the catalogue", async () => {
  cloud.objects.ports = [{ id: "p1", name: "one" }];
  const { ports } = await (await OpenStack.connect(settings())).request<{ ports: unknown[] }>("network", "GET", "/ports?name=one");
  expect(ports).toEqual([{ id: "p1", name: "one" }]);
  expect(cloud.signIns).toMatchObject([{ auth: { identity: { methods: ["password"] } } }]);
});

it("lists a collection page by page", async () => {
  cloud.pageSize = 2;
  cloud.objects.servers = ["a", "b", "c", "d", "e"].map((id) => ({ id, tags: id === "c" ? [] : ["mine"] }));
  const servers = await (await OpenStack.connect(settings())).list("compute", "/servers/detail", { tags: "mine" });
  expect(servers).toMatchObject([{ id: "a" }, { id: "b" }, { id: "d" }, { id: "e" }]);
  expect(cloud.requests).toEqual(["POST /v3/auth/tokens", "GET /compute/servers/detail", "GET /compute/servers/detail"]);
});

it("lists DNS records, whose pages Designate links in its own way", async () => {
  cloud.pageSize = 2;
  cloud.objects.recordsets = ["a", "b", "c"].map((id) => ({ id, type: "A" }));
  const records = await (await OpenStack.connect(settings())).list("dns", "/recordsets", { type: "A" });
  expect(records).toMatchObject([{ id: "a" }, { id: "b" }, { id: "c" }]);
});

it("returns the credentials' project", async () => {
  expect((await OpenStack.connect(settings())).projectId).toBe(PROJECT_ID);
});

it("retries transient failures of a service", async () => {
  cloud.refusals.set("/v3/auth/tokens", [503]);
  cloud.refusals.set("/compute/limits", [500]);
  const openstack = await OpenStack.connect(settings());
  await expect(openstack.request("compute", "GET", "/limits")).rejects.toMatchObject({ status: 404 });
  expect(cloud.requests.filter((request) => request === "GET /compute/limits")).toHaveLength(2);
});

it("names the refused request and its reason, but no secret", async () => {
  cloud.refusals.set("/v3/auth/tokens", [401]);
  const failure = await OpenStack.connect(settings()).catch((error: Error) => error.message);
  expect(failure).toBe(`POST ${cloud.url}/v3/auth/tokens: 401 refused by the test`);
});

it("names a missing endpoint", async () => {
  const openstack = await OpenStack.connect(settings({ region: "west", interface: "admin" }));
  await expect(openstack.request("compute", "GET", "/limits")).rejects.toThrow(
    'OpenStack has no admin endpoint of the service "compute" in the region west; `openstack catalog list` shows those that there are',
  );
});

it("names an address that does not answer", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const unreachable = { ...settings(), authUrl: "http://127.0.0.1:1/v3" };
  await expect(OpenStack.connect(unreachable)).rejects.toThrow("POST http://127.0.0.1:1/v3/auth/tokens: connect ECONNREFUSED");
});
