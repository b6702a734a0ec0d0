import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { ADDER, ADMINISTRATOR } from "../../../devcloud/s3/access.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import type { HealthReport } from "../../../lib/health/judge.ts";
import { ageKeys } from "../support/age.ts";
import { backUp, decryptedOn, manifestOf, manifestsBelow, objectsBelow, statusesOfAdder, storeOf } from "../support/backups.ts";
import { type Cluster, configure, createCluster, destroy, up } from "../support/cluster.ts";
import { caravan } from "../support/heal.ts";
import { type Machine, sshTo } from "../support/ssh.ts";
import { createObjects, objectNames, resourceVersion, storedObjects } from "../support/stored-objects.ts";

const STACK = "e2e-backup";
const NODES = 3;
const OBJECTS = 200;
// The bucket outlives a scenario.
const PREFIX = `scenarios/${Date.now()}`;
const FOLDER = `${PREFIX}/${STACK}`;

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

const manifests = () => manifestsBelow(FOLDER);

/** Returns what the health check says of backups. */
async function findings(): Promise<string[]> {
  const report = await caravan<HealthReport>(cluster, "health", STACK);
  return report.findings.filter(({ id }) => id.startsWith("backup")).map(({ reason }) => reason);
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
  await createObjects(cluster.kubectl, 0, OBJECTS);
  snapshot = await backUp(member, FOLDER);
  await createObjects(cluster.kubectl, OBJECTS, 2 * OBJECTS);
  expect(await storedObjects(cluster.kubectl)).toEqual(objectNames(0, 2 * OBJECTS));
  revision = await resourceVersion(cluster.kubectl);
});

it("restores exactly the objects of the snapshot, with ready nodes, and once", async () => {
  const restore = { id: "first", snapshot, identity: keys.identity, s3: await storeOf(ADMINISTRATOR, PREFIX) };
  cluster = { ...cluster, stack: await configure(STACK, etcd({ restore })) };
  const began = Date.now();
  await up(cluster.stack);
  console.log(`the restore took ${Math.round((Date.now() - began) / 1000)} s`);
  await waitForNodes(cluster.kubectl, NODES);
  expect(await storedObjects(cluster.kubectl)).toEqual(objectNames(0, OBJECTS));
  expect(await resourceVersion(cluster.kubectl)).toBeGreaterThan(revision);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  expect(await storedObjects(cluster.kubectl)).toEqual(objectNames(0, OBJECTS));
});

it("goes on: pods run, backups succeed, and the id that is taken out and in again restores nothing", async () => {
  await cluster.kubectl(["run", "after", "--image=registry.k8s.io/pause:3.10.2"]);
  await cluster.kubectl(["wait", "--for=condition=Ready", "pod/after", "--timeout=180s"]);
  await backUp(member, FOLDER);
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
