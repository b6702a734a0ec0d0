import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { ADDER, ADMINISTRATOR } from "../../../devcloud/s3/access.ts";
import { pulumi, stackOutput } from "../../../devcloud/stack.ts";
import { ageKeys } from "../support/age.ts";
import { backUp, copyChanged, storeOf } from "../support/backups.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up, urnOf } from "../support/cluster.ts";
import { sshTo } from "../support/ssh.ts";
import { createObjects, objectNames, resourceVersion, storedObjects } from "../support/stored-objects.ts";

// etcd of three control planes goes back to a snapshot, once with its machines and once with new ones.
const STACK = "e2e-restore";
const NAMES = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`);
const NODES = 4;
const OBJECTS = 1000;
/** Seconds that a restore may take on three control planes with stacked etcd. */
const LIMIT = 240;
const MINUTES = 60_000;
// The bucket outlives a scenario.
const PREFIX = `scenarios/${Date.now()}`;
const FOLDER = `${PREFIX}/${STACK}`;

const keys = ageKeys();
let backup: Record<string, unknown>;
let cluster: Cluster;
let snapshot: string;
let revision: number;
let uids: Record<string, string>;

beforeAll(async () => {
  await startCloud({ parts: ["s3"] });
  backup = { every: "1h", recipient: keys.recipient, s3: await storeOf(ADDER, PREFIX) };
  cluster = await createCluster(STACK, NODES, settings());
  const [first] = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  const member = await sshTo(cluster, first!);
  await createObjects(cluster.kubectl, 0, OBJECTS);
  snapshot = await backUp(member, FOLDER);
  await createObjects(cluster.kubectl, OBJECTS, 2 * OBJECTS);
  revision = await resourceVersion(cluster.kubectl);
  uids = await uidsOf(cluster);
}, 25 * MINUTES);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

function settings(restore?: Record<string, unknown>): Record<string, unknown> {
  return {
    "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
    "caravan:etcd": { topology: "stacked", backup, ...(restore ? { restore } : {}) },
  };
}

/** Declares the restore of a snapshot. */
async function declare(more: Record<string, unknown>): Promise<void> {
  const s3 = await storeOf(ADMINISTRATOR, PREFIX);
  cluster = { ...cluster, stack: await configure(STACK, settings({ snapshot, identity: keys.identity, s3, ...more })) };
}

/** Restores, checks what the cluster has afterwards, and returns the seconds that it took. */
async function restore(more: Record<string, unknown>, options: readonly string[]): Promise<number> {
  await declare(more);
  const began = Date.now();
  await up(cluster.stack, options);
  await waitForNodes(cluster.kubectl, NODES);
  const seconds = Math.round((Date.now() - began) / 1000);
  expect(await storedObjects(cluster.kubectl)).toEqual(objectNames(0, OBJECTS));
  expect(await resourceVersion(cluster.kubectl)).toBeGreaterThan(revision);
  return seconds;
}

const copy = (name: string, changes: Parameters<typeof copyChanged>[3]) => copyChanged(FOLDER, snapshot, name, changes);

it.each([
  {
    what: "that does not exist",
    name: "20200101T000000Z-1",
    make: async () => {},
    reason: /there is no snapshot '20200101T000000Z-1' below /,
  },
  {
    what: "that is truncated",
    name: "20200102T000000Z-1",
    make: (name: string) => copy(name, { data: (bytes) => bytes.subarray(0, bytes.length / 2) }),
    reason: /the encrypted snapshot is truncated or damaged/,
  },
  {
    what: "with a wrong byte",
    name: "20200103T000000Z-1",
    make: (name: string) => copy(name, { data: (bytes) => bytes.fill(bytes[5000]! ^ 1, 5000, 5001) }),
    reason: /the encrypted snapshot is truncated or damaged/,
  },
  {
    what: "whose manifest tells of another cluster",
    name: "20200104T000000Z-1",
    make: (name: string) => copy(name, { manifest: (text) => text.replaceAll(STACK, "foreign") }),
    reason: /the snapshot is not one of this cluster/,
  },
])(
  "refuses a snapshot $what, and leaves the cluster untouched",
  async ({ name, make, reason }) => {
    await make(name);
    await declare({ id: name, snapshot: name });
    const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 600 }));
    expect(failure).toMatch(reason);
    expect(await storedObjects(cluster.kubectl)).toEqual(objectNames(0, 2 * OBJECTS));
    expect(await uidsOf(cluster)).toEqual(uids);
  },
  10 * MINUTES,
);

it(
  "restores exactly the objects of the snapshot within four minutes, on the nodes that there are",
  async () => {
    const seconds = await restore({ id: "first" }, ["--refresh"]);
    console.log(`the restore of three control planes took ${seconds} s`);
    expect(seconds).toBeLessThan(LIMIT);
    expect(Object.keys(await uidsOf(cluster)).sort()).toEqual(Object.keys(uids).sort());
    expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  },
  20 * MINUTES,
);

it("tells a watcher from before that its revision is gone", async () => {
  const watch = `/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=5&resourceVersion=${revision}`;
  const answer = await cluster.kubectl(["get", "--raw", watch]).catch((error: Error) => error.message);
  expect(answer).toMatch(/too old resource version|Expired/);
});

it(
  "brings a cluster back whose control planes were all deleted in OpenStack",
  async () => {
    const servers = JSON.parse(await onDevcloud(["openstack", "server", "list", "-f", "json"], { deadline: 60 })) as { Name: string }[];
    const own = servers.map(({ Name }) => Name).filter((name) => NAMES.some((each) => name.startsWith(each)));
    expect(own).toHaveLength(3);
    await onDevcloud(["openstack", "server", "delete", "--wait", ...own], { deadline: 300 });
    const urns = await Promise.all(NAMES.map((name) => urnOf(cluster.stack, "openstack:compute/instance:Instance", name)));
    const replace = urns.flatMap((urn) => ["--replace", urn]);
    const seconds = await restore({ id: "second", lost: NAMES.slice(1) }, replace);
    console.log(`the restore with three new control planes took ${seconds} s`);
    await up(cluster.stack, ["--refresh"]);
    expect(Object.keys(await uidsOf(cluster)).sort()).toEqual(Object.keys(uids).sort());
    expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  },
  25 * MINUTES,
);
