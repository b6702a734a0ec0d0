import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { sshTo } from "../support/ssh.ts";
import { startWriter } from "../support/writer.ts";

const STACK = "e2e-certificates";
const NAMES = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`);
const VALIDITY_SECONDS = 600;
const WATCHED_SECONDS = 2 * VALIDITY_SECONDS + 120;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 4, {
    "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
    "caravan:certificates": { validity: `${VALIDITY_SECONDS / 60}m` },
  });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

/** Reads the record of each control plane's certificates. */
async function records(): Promise<Record<string, { first: string; end: string; renewed?: string; error?: string }>> {
  const text = await cluster.kubectl(["-n", "kube-system", "get", "configmap", "caravan-certificates", "-o", "json"]);
  const { data } = JSON.parse(text) as { data: Record<string, string> };
  return Object.fromEntries(Object.entries(data).map(([node, record]) => [node, JSON.parse(record)]));
}

/** Runs a command on each control plane, by name. */
async function onEach(command: string): Promise<string[]> {
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  return Promise.all(nodes.map(async (node) => (await sshTo(cluster, node)).run(command)));
}

it("records when certificates end, from the start", async () => {
  const found = await records();
  expect(Object.keys(found).sort()).toEqual(NAMES);
  for (const { end } of Object.values(found)) expect((Date.parse(end) - Date.now()) / 1000).toBeLessThan(VALIDITY_SECONDS);
});

it(
  "renews certificates of ten minutes over two of their lives, and the API answers all the time",
  async () => {
    const before = await uidsOf(cluster);
    const began = Date.now();
    await using writer = await startWriter(STACK);
    await setTimeout(WATCHED_SECONDS * 1000);
    const writes = await writer.stop();
    await expectNoGap(cluster, writes);
    expect(writes.written.length).toBeGreaterThan(WATCHED_SECONDS);
    expect(await uidsOf(cluster)).toEqual(before);
    const found = await records();
    expect(Object.keys(found).sort()).toEqual(NAMES);
    for (const { end, renewed, error } of Object.values(found)) {
      expect(error).toBeUndefined();
      expect(Date.parse(renewed!)).toBeGreaterThan(began + VALIDITY_SECONDS * 1000);
      expect(Date.parse(end)).toBeGreaterThan(Date.now());
    }
  },
  (WATCHED_SECONDS + 300) * 1000,
);

it("has used the lease one after another, and left nothing behind", async () => {
  const lease = await cluster.kubectl(["-n", "kube-system", "get", "lease", "caravan-maintenance", "-o", "jsonpath={.spec}"]);
  expect(NAMES.concat("", "undefined")).toContain(String(JSON.parse(lease).holderIdentity));
  const runs = await onEach("journalctl --unit caravan-certificates --output cat | grep --count 'renewed certificates: apiserver '");
  for (const count of runs) expect(Number(count)).toBeGreaterThanOrEqual(4);
});

it("has all components with certificates that are valid, and no changes in the next run", async () => {
  expect(await cluster.kubectl(["get", "--raw", "/readyz"])).toBe("ok");
  await cluster.kubectl(["-n", "kube-system", "logs", `kube-scheduler-${NAMES[0]}`, "--tail=1"]);
  const { same, ...changes } = await up(cluster.stack);
  expect(changes).toEqual({});
  expect(same).toBeGreaterThan(30);
});
