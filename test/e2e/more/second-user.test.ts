import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { cloudsFile } from "../../../devcloud/openstack/clients.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import { type Cluster, configure, createCluster, destroy, uidsOf, urnOf } from "../support/cluster.ts";
import { asAdministrator, inventory } from "../support/openstack.ts";

// A cluster that one user of a project makes, and another one changes and destroys: a colleague, or a CI account.
const STACK = "e2e-second-user";
const USER = "e2e-colleague";
const INSTANCE = "openstack:compute/instance:Instance";
const one = { image: "node", flavor: "node.small" };
const env = { OS_CLOUD: USER, OS_CLIENT_CONFIG_FILE: join(dataDir, `${USER}.yaml`) };

let cluster: Cluster;
let destroyed = false;

beforeAll(async () => {
  await makeColleague();
  cluster = await createCluster(STACK, 3, pool(2));
});

afterAll(async () => {
  if (cluster && !destroyed) await destroy(cluster.stack);
  await removeColleague();
});

/** Makes another user of the project, with a clouds.yaml of its own. */
async function makeColleague(): Promise<void> {
  await removeColleague();
  const password = randomBytes(12).toString("hex");
  await asAdministrator(["user", "create", "--domain", "default", "--password", password, USER]);
  for (const role of ["member", "reader"]) await asAdministrator(["role", "add", "--user", USER, "--project", "caravan", role]);
  const { devcloud } = parse(await readFile(cloudsFile, "utf8")).clouds;
  const own = { ...devcloud, auth: { ...devcloud.auth, username: USER, password } };
  await writeFile(env.OS_CLIENT_CONFIG_FILE, stringify({ clouds: { [USER]: own } }), { mode: 0o600 });
}

function removeColleague(): Promise<void> {
  return asAdministrator(["user", "delete", USER]).catch(() => {});
}

function pool(count: number): Record<string, unknown> {
  return { "caravan:pools": { default: { count, machine: one } } };
}

/** Runs `pulumi up` as the colleague. */
async function upAsColleague(args: readonly string[] = []): Promise<void> {
  await pulumi(cluster.stack, ["up", "--yes", "--skip-preview", ...args], { deadline: 900, env });
}

const plain = (name: string) => name.replace(/-[0-9a-f]{7}$/, "");

/** Returns the names of the nodes without suffixes. */
async function nodes(): Promise<string[]> {
  return (await listNodes(cluster.kubectl)).map(({ metadata }) => plain(metadata.name)).sort();
}

it("has no key pair in OpenStack, which would be its maker's alone", async () => {
  expect((await inventory(STACK)).keypair).toEqual([]);
});

it("gets a worker by another user of the project, and no other node changes", async () => {
  const before = await uidsOf(cluster);
  await configure(STACK, pool(3));
  await upAsColleague();
  await waitForNodes(cluster.kubectl, 4);
  expect(await nodes()).toEqual([`${STACK}-control-plane-0`, ...[0, 1, 2].map((key) => `${STACK}-default-${key}`)]);
  expect(await uidsOf(cluster)).toMatchObject(before);
});

it("has a worker of the first user replaced by the other one", async () => {
  const before = await uidsOf(cluster);
  await upAsColleague(["--replace", await urnOf(cluster.stack, INSTANCE, `${STACK}-default-0`)]);
  await waitForNodes(cluster.kubectl, 4);
  const after = await uidsOf(cluster);
  expect(await nodes()).toEqual([`${STACK}-control-plane-0`, ...[0, 1, 2].map((key) => `${STACK}-default-${key}`)]);
  const kept = Object.keys(before).filter((name) => after[name] === before[name]);
  expect(kept.map(plain).sort()).toEqual([`${STACK}-control-plane-0`, `${STACK}-default-1`, `${STACK}-default-2`]);
});

it("is destroyed by the other user, and leaves nothing", async () => {
  await pulumi(cluster.stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 600, env });
  destroyed = true;
  expect(Object.values(await inventory(STACK)).flat()).toEqual([]);
});
