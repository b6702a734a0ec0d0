import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenStack } from "../../../clients/openstack/client.ts";
import { cloudSettings } from "../../../clients/openstack/cloud-settings.ts";
import { judge } from "../../../operations/orphans/judge.ts";
import { KINDS } from "../../../operations/orphans/kinds.ts";
import type { Listed } from "../../../operations/orphans/matching.ts";
import type { Found } from "../../../operations/orphans/search.ts";
import { FakeOpenStack } from "../../support/fake-openstack.ts";

const MADE = { created_at: "2026-11-27T12:00:00Z", updated_at: "2026-11-27T12:00:40Z" };
const USED = { created_at: "2026-11-27T12:00:00.000000", updated_at: "2026-11-27T12:10:00.000000" };

let fake: FakeOpenStack;
let cloud: OpenStack;

beforeEach(async () => {
  fake = new FakeOpenStack();
  await fake.start();
  cloud = await OpenStack.connect(
    cloudSettings({}, { OS_AUTH_URL: fake.url, OS_USERNAME: "ann", OS_PROJECT_NAME: "web", OS_PASSWORD: "secret" }),
  );
});
afterEach(() => fake.stop());

function found(title: string, object: Listed): Found {
  const kind = KINDS.find((each) => each.title === title)!;
  return { kind, object, create: { urn: `urn::${object.id}`, type: kind.type, inputs: {} } };
}

async function decide(all: Found[], forcedIds: string[] = [], node?: string) {
  const { free, serving } = await judge(cloud, all, async ({ object }) => (object.id === node ? "it is a Node" : undefined), forcedIds);
  return { free: free.map(({ object }) => object.id), serving: serving.map(({ kind, id, reason }) => `${kind} ${id}: ${reason}`) };
}

describe("an object in use is not removed", () => {
  it.each([
    ["port", { device_id: "s1", device_owner: "compute:nova" }, "it is the port of compute:nova s1"],
    ["floating IP", { ...MADE, port_id: "p1" }, "it leads to the port p1"],
    ["floating IP", USED, "it has led to a port before, and may be what is to be kept"],
    ["floating IP", {}, "it has led to a port before, and may be what is to be kept"],
    ["volume", { ...MADE, attachments: [{ server_id: "s1" }] }, "it is attached to the server s1"],
    ["volume", USED, "it was attached before, and may hold data"],
    ["server group", { members: ["s1"] }, "the server s1 is in it"],
    ["load balancer", { listeners: [{ id: "l1" }] }, "it has the listener l1"],
    ["listener", { default_pool_id: "p1" }, "it has the pool p1"],
    ["load balancer's pool", { members: [{ id: "m1" }] }, "it has the member m1"],
    ["server", {}, "it is a Node"],
  ])("a %s: %j", async (title, object, reason) => {
    expect(await decide([found(title, { id: "x", ...object })], [], "x")).toEqual({ free: [], serving: [`${title} x: ${reason}`] });
  });

  it("a router's interface behind which there are servers", async () => {
    fake.objects.ports = [
      { id: "dhcp", network_id: "n1", device_owner: "network:dhcp" },
      { id: "node", network_id: "n1", device_owner: "compute:nova", device_id: "s1" },
    ];
    const reason = "router interface i1: the server s1 reaches the outside by it";
    expect(await decide([found("router interface", { id: "i1", network_id: "n1" })])).toEqual({ free: [], serving: [reason] });
    expect(await decide([found("router interface", { id: "i1", network_id: "n2" })])).toEqual({ free: ["i1"], serving: [] });
  });
});

it.each([
  ["port", { device_id: "", device_owner: "" }],
  ["floating IP", MADE],
  ["floating IP", { ...MADE, port_id: null }],
  ["volume", { ...MADE, attachments: [] }],
  ["volume", { ...MADE, updated_at: null }],
  ["server group", { members: [] }],
  ["load balancer", { listeners: [] }],
  ["listener", { default_pool_id: null }],
  ["load balancer's pool", { members: [] }],
  ["health monitor", {}],
  ["DNS record", {}],
  ["server", {}],
  ["network", {}],
])("removes a %s that nobody uses: %j", async (title, object) => {
  expect(await decide([found(title, { id: "x", ...object })])).toEqual({ free: ["x"], serving: [] });
});

describe("an object whose only users are orphans themselves", () => {
  const all = [
    found("server", { id: "s1" }),
    found("volume", { id: "v1", ...MADE, attachments: [{ server_id: "s1" }] }),
    found("floating IP", { id: "f1", ...MADE, port_id: "p1" }),
    found("port", { id: "p1", device_id: "s1", device_owner: "compute:nova" }),
  ];

  it("is removed with them", async () => {
    expect(await decide(all)).toEqual({ free: ["s1", "v1", "f1", "p1"], serving: [] });
  });

  it("stays with them", async () => {
    expect(await decide(all, [], "s1")).toEqual({
      free: [],
      serving: [
        "server s1: it is a Node",
        "volume v1: it is attached to the server s1",
        "port p1: it is the port of compute:nova s1",
        "floating IP f1: it leads to the port p1",
      ],
    });
  });

  it("is removed with a user whose id is given", async () => {
    expect(await decide(all, ["s1"], "s1")).toEqual({ free: ["s1", "v1", "f1", "p1"], serving: [] });
    expect(await decide(all, ["v1"], "s1")).toMatchObject({ free: ["v1"] });
  });
});
