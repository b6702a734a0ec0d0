import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { ADDER, ADMINISTRATOR } from "../../../devcloud/s3/access.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import type { HealthReport } from "../../../lib/health/judge.ts";
import { ageKeys } from "../support/age.ts";
import { decryptedOn, manifestOf, objectsBelow, statusesOfAdder, storeOf } from "../support/backups.ts";
import { type Cluster, configure, createCluster, destroy, up } from "../support/cluster.ts";
import { caravan } from "../support/heal.ts";
import { type Machine, sshTo } from "../support/ssh.ts";

const STACK = "e2e-backup";
const NODES = 3;
const OBJECTS = 200;
// The bucket outlives a scenario.
const PREFIX = `scenarios/${Date.now()}`;
const FOLDER = `${PREFIX}/${STACK}`;
const BACK_UP = "/usr/bin/python3 -IB /usr/local/lib/caravan/etcd-backup/backup.py /etc/kubernetes/caravan/etcd-backup.json now";

const keys = ageKeys();
let settings: { backup: Record<string, unknown> };
let cluster: Cluster;
let member: Machine;
let snapshot: string;
let revision: number;

beforeAll(async () => {
  await startCloud({ parts: ["s3"] });
  settings = { backup: { every: "5m", recipient: keys.recipient, s3: await storeOf(ADDER, PREFIX) } };
  cluster = await createCluster(STACK, NODES, etcd({}));
  const [first] = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  member = await sshTo(cluster, first!);
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

function etcd(more: Record<string, unknown>): Record<string, unknown> {
  return { "caravan:etcd": { topology: "stacked", ...settings, ...more } };
}

const manifests = async () => (await objectsBelow(FOLDER)).filter((name) => name.endsWith(".json")).sort();

/** Returns what the health check says of backups. */
async function findings(): Promise<string[]> {
  const report = await caravan<HealthReport>(cluster, "health", STACK);
  return report.findings.filter(({ id }) => id.startsWith("backup")).map(({ reason }) => reason);
}

/** Returns the revision of the API's objects. */
async function resourceVersion(): Promise<number> {
  const list = JSON.parse(await cluster.kubectl(["get", "--raw", "/api/v1/namespaces/default/configmaps?limit=1"]));
  return Number(list.metadata.resourceVersion);
}

/** Creates ConfigMaps with these numbers. */
async function create(from: number, to: number): Promise<void> {
  const items = numbers(from, to).map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: { part: "data" } } }));
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await cluster.kubectl(["create", "--filename", "-"], { input, deadline: 300 });
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `object-${String(from + index).padStart(3, "0")}`);
}

async function objects(): Promise<string[]> {
  const list = await cluster.kubectl(["get", "configmaps", "--selector", "part=data", "--output", "jsonpath={.items[*].metadata.name}"]);
  return list.split(" ").sort();
}

it("uploads a first backup within two minutes, which the private key decrypts", async () => {
  await expect.poll(async () => (await manifests()).length, { timeout: 120_000, interval: 5000 }).toBeGreaterThan(0);
  const [first] = await manifests();
  const manifest = await manifestOf(first!);
  expect(manifest).toMatchObject({ cluster: STACK, kubernetesVersion: "1.36.3", etcdVersion: expect.stringMatching(/^3\.6\./) });
  const data = first!.replace(/\.json$/, ".db.age");
  expect(await objectsBelow(FOLDER)).toContain(data);
  expect(await decryptedOn(member, data, PREFIX, keys.identity)).toBe(manifest.sha256);
});

it("gives machines a credential that neither reads, nor lists, nor deletes", async () => {
  const [first] = await manifests();
  expect(await statusesOfAdder(first!)).toEqual([403, 403, 403]);
  expect(await manifests()).toContain(first);
});

it("says nothing about backups that succeed", async () => {
  expect(await findings()).toEqual([]);
});

it("keeps 200 objects in a snapshot, and has 200 more afterwards", async () => {
  await create(0, OBJECTS);
  await member.run(BACK_UP);
  snapshot = (await manifests())
    .at(-1)!
    .split("/")
    .at(-1)!
    .replace(/\.json$/, "");
  await create(OBJECTS, 2 * OBJECTS);
  expect(await objects()).toEqual(numbers(0, 2 * OBJECTS));
  revision = await resourceVersion();
});

it("restores exactly the objects of the snapshot, with ready nodes, and once", async () => {
  const restore = { id: "first", snapshot, identity: keys.identity, s3: await storeOf(ADMINISTRATOR, PREFIX) };
  cluster = { ...cluster, stack: await configure(STACK, etcd({ restore })) };
  const began = Date.now();
  await up(cluster.stack);
  console.log(`the restore took ${Math.round((Date.now() - began) / 1000)} s`);
  await waitForNodes(cluster.kubectl, NODES);
  expect(await objects()).toEqual(numbers(0, OBJECTS));
  expect(await resourceVersion()).toBeGreaterThan(revision);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  expect(await objects()).toEqual(numbers(0, OBJECTS));
});

it("goes on: pods run, backups succeed, and the id that is taken out and in again restores nothing", async () => {
  await cluster.kubectl(["run", "after", "--image=registry.k8s.io/pause:3.10.2"]);
  await cluster.kubectl(["wait", "--for=condition=Ready", "pod/after", "--timeout=180s"]);
  await member.run(BACK_UP);
  const last = await manifestOf((await manifests()).at(-1)!);
  expect(last.revision).toBeGreaterThan(revision);
  await up((await reconfigured({})).stack);
  const restore = { id: "first", snapshot: "latest", identity: keys.identity, s3: await storeOf(ADMINISTRATOR, PREFIX) };
  await up((await reconfigured({ restore })).stack);
  expect(await cluster.kubectl(["get", "pod", "after", "--output", "name"])).toBe("pod/after\n");
  expect(await findings()).toEqual([]);
});

async function reconfigured(more: Record<string, unknown>): Promise<Cluster> {
  cluster = { ...cluster, stack: await configure(STACK, etcd(more)) };
  return cluster;
}
