import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { EngineStack, type Measured } from "../../engine/engine-stack.ts";
import { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import { answeringWithVolumes, resourceName } from "../../hollow-nodes/answers/volumes.ts";
import { Hosts } from "../../hollow-nodes/ssh/hosts.ts";
import { type SshServer, serveSsh } from "../../hollow-nodes/ssh/ssh-server.ts";
import { freePort } from "../../support/free-port.ts";

/**
 * The real engine and OpenStack plugin on a fake OpenStack, because devcloud's machines cannot have volumes or change their flavor. These
 * tests need no devcloud. volumes.test.ts runs them where all addresses of the network belong to this machine, so SSH reaches machines that
 * do not exist.
 */
const CIDR = "10.77.0.0/24";
const INSTANCE = "openstack:compute/instance:Instance";
const SERVERS = "/compute/v2.1/servers";
const MEMBERS = ["etcd-0", "etcd-1", "etcd-2"];

/** Scripts on machines and resizes of servers, in order. */
const events: string[] = [];
const cloud = new FakeCloud({ onResize: ({ name, status, flavor }) => events.push(`${name} ${status} ${flavor.name}`) });
let ssh: SshServer;
let stack: EngineStack;
let sshPort: number;

beforeAll(async () => {
  await cloud.start();
  sshPort = await freePort();
  ssh = await serveSsh(new Hosts(cloud, { bootSeconds: 0 }), answeringWithVolumes(cloud, events), sshPort);
  stack = await EngineStack.create(cloud, {
    program: { name: "volumes", folder: "test/engine/programs/volumes" },
    config: configuration(),
  });
});

beforeEach(() => {
  events.length = 0;
});

afterAll(async () => {
  await stack?.remove();
  ssh?.stop();
  cloud.stop();
});

it("gives each member a data volume, and the worker a boot volume", async () => {
  await stack.up();
  expect(volumes()).toEqual([...MEMBERS.map((name) => `${name}-data: 5 GiB on ${name}`), "boot: 20 GiB on pool-0"]);
  expect(eventsOf("etcd")).toEqual(MEMBERS.map((name) => `etcd on ${name} with 5 GiB`));
});

it("has no changes in a second run with a refresh", async () => {
  await stack.up(["--refresh", "--expect-no-changes"]);
  expect(events).toEqual([]);
});

it("grows volumes in place, and their file systems one after another", async () => {
  const [before, servers] = [ids(), serverIds()];
  await stack.configure(configuration({ dataGib: 8 }));
  const { calls } = await stack.up();
  expect(volumes()).toEqual([...MEMBERS.map((name) => `${name}-data: 8 GiB on ${name}`), "boot: 20 GiB on pool-0"]);
  expect({ volumes: ids(), servers: serverIds() }).toEqual({ volumes: before, servers });
  expect(changes(calls)).toEqual({ "POST /volume/v3/{project}/volumes/{id}/action": 3, "PUT /volume/v3/{project}/volumes/{id}": 3 });
  expect(eventsOf("etcd")).toEqual(MEMBERS.map((name) => `etcd on ${name} with 8 GiB`));
});

it("moves the volume of a broken member to its new machine, and recreates that of a replaced worker", async () => {
  const [before, servers] = [ids(), serverIds()];
  // Nova detaches no volume from a server in ERROR.
  cloud.nova.servers.find(servers["etcd-0"]!).status = "ERROR";
  const targets = await Promise.all(["etcd-0", "pool-0"].map((name) => stack.urn(INSTANCE, name)));
  const { calls } = await stack.up(targets.flatMap((urn) => ["--replace", urn]));
  // Nova makes Cinder delete the boot volume of a deleted server.
  await expect.poll(volumes).toEqual([...MEMBERS.map((name) => `${name}-data: 8 GiB on ${name}`), "boot: 20 GiB on pool-0"]);
  const { boot, ...data } = ids();
  const { boot: bootBefore, ...dataBefore } = before;
  expect(data).toEqual(dataBefore);
  expect(boot).not.toEqual(bootBefore);
  const same = Object.entries(serverIds()).flatMap(([name, id]) => (servers[name] === id ? name : []));
  expect(same.toSorted()).toEqual(["etcd-1", "etcd-2"]);
  expect(changes(calls)).toEqual({
    [`POST ${SERVERS}`]: 2,
    [`DELETE ${SERVERS}/{id}`]: 2,
    [`POST ${SERVERS}/{id}/os-volume_attachments`]: 1,
    // The consoles of new machines are read for their host keys.
    [`POST ${SERVERS}/{id}/action`]: 2,
  });
  expect(eventsOf("etcd")).toEqual(["etcd on etcd-0 with 8 GiB"]);
});

it("resizes one member after another, each when the previous one votes again", async () => {
  const [before, servers] = [ids(), serverIds()];
  await stack.configure(configuration({ dataGib: 8, etcdFlavor: "node.medium" }));
  const { calls } = await stack.up();
  const resized = (name: string) => [
    `${name} RESIZE node.small`,
    `${name} VERIFY_RESIZE node.medium`,
    `${name} ACTIVE node.medium`,
    `etcd on ${name} with 8 GiB`,
  ];
  expect(eventsOf("etcd", ...MEMBERS)).toEqual(MEMBERS.flatMap(resized));
  expect({ volumes: ids(), servers: serverIds() }).toEqual({ volumes: before, servers });
  expect(changes(calls)).toEqual({ [`POST ${SERVERS}/{id}/action`]: 6 });
});

it("keeps volumes of another type than the present setting: new ones would be empty", async () => {
  const before = ids();
  await stack.configure(configuration({ dataGib: 8, dataType: "fast", etcdFlavor: "node.medium" }));
  await stack.up(["--expect-no-changes"]);
  expect(ids()).toEqual(before);
});

it("moves all members off their volumes before these are deleted", async () => {
  await stack.configure(configuration({ dataGib: 0, etcdFlavor: "node.medium" }));
  const { calls } = await stack.up();
  expect(volumes()).toEqual(["boot: 20 GiB on pool-0"]);
  expect(eventsOf("etcd")).toEqual(MEMBERS.map((name) => `etcd on ${name}, 1 volume to leave`));
  expect(changes(calls)).toEqual({
    [`DELETE ${SERVERS}/{id}/os-volume_attachments/{volume}`]: expect.any(Number),
    "DELETE /volume/v3/{project}/volumes/{id}": 3,
  });
});

it("gives existing members volumes, one after another", async () => {
  await stack.configure(configuration({ etcdFlavor: "node.medium" }));
  await stack.up();
  expect(volumes()).toEqual([...MEMBERS.map((name) => `${name}-data: 5 GiB on ${name}`), "boot: 20 GiB on pool-0"]);
  expect(eventsOf("etcd")).toEqual(MEMBERS.map((name) => `etcd on ${name} with 5 GiB`));
});

it("leaves nothing", async () => {
  await stack.destroy();
  const left = () => Object.entries(cloud.inventory).filter(([kind, count]) => kind !== "tokens" && count > 0);
  await expect.poll(left).toEqual([]);
});

function configuration({ dataGib = 5, dataType = "slow", etcdFlavor = "node.small" } = {}): Record<string, unknown> {
  const own = { cidr: CIDR, sshPort, dataGib, dataType, etcdFlavor };
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [`volumes:${key}`, value]));
}

/** Lists all volumes, each with the server to which it is attached. */
function volumes(): string[] {
  cloud.settle();
  const nameOf = (server = "") => resourceName(cloud.nova.servers.store.get(server)?.name ?? "none");
  const all = cloud.cinder.volumes.store.all;
  return all
    .map(({ name, size, attachments }) => `${name || "boot"}: ${size} GiB on ${nameOf(attachments[0]?.server_id)}`)
    .toSorted(dataFirst);
}

function dataFirst(one: string, other: string): number {
  return Number(one.startsWith("boot")) - Number(other.startsWith("boot")) || one.localeCompare(other);
}

/** Returns the ids of all volumes by name. */
function ids(): Record<string, string> {
  return Object.fromEntries(cloud.cinder.volumes.store.all.map(({ name, id }) => [name || "boot", id]));
}

/** Returns the ids of all servers by the names of their resources. */
function serverIds(): Record<string, string> {
  return Object.fromEntries(cloud.nova.servers.store.all.map(({ name, id }) => [resourceName(name), id]));
}

/** Lists the events of a test that begin with one of some words. */
function eventsOf(...words: string[]): string[] {
  return events.filter((event) => words.some((word) => event.startsWith(`${word} `)));
}

/** Counts calls that change something, including sign-ins and calls that the fake does not know. */
function changes(calls: Measured["calls"]): Record<string, number> {
  const isChange = (call: string) => !call.startsWith("GET ") || call.endsWith("(unknown)");
  return Object.fromEntries(Object.entries(calls).filter(([call]) => isChange(call) && !call.includes("/identity/")));
}
