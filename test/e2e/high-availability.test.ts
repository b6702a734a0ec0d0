import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi, stackOutput } from "../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up, urnOf } from "./support/cluster.ts";
import { expectNoGap } from "./support/gap.ts";
import { powerOff, powerOn } from "./support/power.ts";
import { sshOf, sshTo } from "./support/ssh.ts";
import { startWriter } from "./support/writer.ts";

const STACK = "e2e-ha";
const ADDRESS = "10.40.0.5";
const NAMES = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`);
const configuration = (controlPlanes: number) => ({
  "caravan:apiEndpoint": { type: "vip", address: ADDRESS, allowedCidrs: ["172.24.4.0/22"] },
  "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
  "caravan:controlPlane": { count: controlPlanes, machine: { image: "node", flavor: "node.medium" } },
  "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
});

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 4, configuration(3));
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

const uids = () => uidsOf(cluster);

/** Runs a command in a pod on a node's own network. */
async function onNode(node: string, command: readonly string[]): Promise<string> {
  const { kubectl } = cluster;
  const selector = ["--selector", "k8s-app=cilium", "--field-selector", `spec.nodeName=${node}`];
  const pod = (await kubectl(["-n", "kube-system", "get", "pods", ...selector, "-o", "name"])).trim();
  return kubectl(["-n", "kube-system", "exec", pod, "-c", "cilium-agent", "--", ...command]);
}

async function holders(nodes: readonly string[]): Promise<string[]> {
  const addresses = await Promise.all(nodes.map((node) => onNode(node, ["ip", "-oneline", "-4", "address"])));
  return nodes.filter((_, index) => addresses[index]!.includes(` ${ADDRESS}/`));
}

/** Returns the names of etcd's voting members, as one of them reports. */
async function voters(node: string): Promise<string[]> {
  const pki = "/etc/kubernetes/pki/etcd";
  const certificates = [`--cacert=${pki}/ca.crt`, `--cert=${pki}/server.crt`, `--key=${pki}/server.key`];
  const list = await cluster.kubectl(["-n", "kube-system", "exec", `etcd-${node}`, "--", "etcdctl", ...certificates, "member", "list"]);
  const members = list
    .trim()
    .split("\n")
    .map((line) => line.split(", "));
  return members.flatMap(([, status, name, , , learner]) => (status === "started" && learner === "false" ? [name!] : [])).sort();
}

describe("three control planes with a virtual address", () => {
  it("run an etcd of three voters, and one of them has the address", async () => {
    expect(await voters(NAMES[0]!)).toEqual(NAMES);
    expect(await holders(NAMES)).toHaveLength(1);
  });

  it("keep the address while root on a worker claims it", async () => {
    const [holder] = await holders(NAMES);
    await attack(holder!);
    expect(await yieldingNodes(NAMES)).toEqual([]);
    // A busy machine may have moved the address to another one, so the test accepts any holder.
    await expect.poll(() => holders(NAMES), { timeout: 30_000 }).toHaveLength(1);
  });

  it("have no changes in the next run", async () => {
    const { create, update, delete: deleted, replace } = await up(cluster.stack);
    expect({ create, update, deleted, replace }).toEqual({ create: undefined, update: undefined, deleted: undefined, replace: undefined });
  });

  it("answer again within 15 s when the holder of the address loses power", async () => {
    const [holder] = await holders(NAMES);
    await using writer = await startWriter(STACK);
    try {
      await powerOff(holder!);
      const others = NAMES.filter((name) => name !== holder);
      await cluster.kubectl(["wait", "--for=condition=Ready=Unknown", `node/${holder}`, "--timeout=120s"]);
      expect(await holders(others)).toHaveLength(1);
      const writes = await writer.stop();
      await expectNoGap(cluster, writes);
      await expectAll(writes.written);
    } finally {
      await powerOn(holder!);
    }
    await waitForNodes(cluster.kubectl, 4);
  });

  it("refuse to start a second cluster when the first one is replaced while the others are off", async () => {
    const server = await urnOf(cluster.stack, "openstack:compute/instance:Instance", NAMES[0]!);
    await Promise.all(NAMES.slice(1).map(powerOff));
    try {
      const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview", "--replace", server], { deadline: 600 }));
      const refusal = "no control plane answers at .*, and this cluster was started before: this machine does not start a second one";
      expect(failure).toMatch(new RegExp(`${NAMES[0]}: failed: ${refusal}`));
    } finally {
      await Promise.all(NAMES.slice(1).map(powerOn));
    }
  });

  it("recover in the next run: the replaced first one joins the others", async () => {
    await up(cluster.stack);
    await waitForNodes(cluster.kubectl, 4);
    expect(await voters(NAMES[0]!)).toEqual(NAMES);
  });

  it("stay reachable while the first one is replaced, and no other node changes", async () => {
    const before = await uids();
    const server = await urnOf(cluster.stack, "openstack:compute/instance:Instance", NAMES[0]!);
    await using writer = await startWriter(STACK);
    await up(cluster.stack, ["--replace", server]);
    await waitForNodes(cluster.kubectl, 4);
    const writes = await writer.stop();
    await expectNoGap(cluster, writes);
    await expectAll(writes.written);
    const { [NAMES[0]!]: first, ...others } = before;
    const after = await uids();
    expect(after).toMatchObject(others);
    expect(after[NAMES[0]!]).not.toBe(first);
    expect(await voters(NAMES[1]!)).toEqual(NAMES);
  });

  it("are removed one by one, with their members of etcd", async () => {
    await configure(STACK, configuration(1));
    await up(cluster.stack);
    await waitForNodes(cluster.kubectl, 2);
    expect(await voters(NAMES[0]!)).toEqual([NAMES[0]]);
  });

  it("keep the address when only one remains", async () => {
    await attack(NAMES[0]!);
    expect(await yieldingNodes(NAMES.slice(0, 1))).toEqual([]);
    expect(await holders(NAMES.slice(0, 1))).toEqual([NAMES[0]]);
  });
});

/** Seconds of an attack. keepalived releases the address at the first advertisement that it accepts. */
const ATTACK_SECONDS = 5;

/**
 * Sends advertisements of the highest priority from a worker to the holder and to VRRP's group, with its own address and with another
 * control plane's.
 */
async function attack(holder: string): Promise<void> {
  const worker = await sshOf(cluster, "default");
  const own = (await stackOutput<Record<string, { address: string }[]>>(cluster.stack, "pools")).default![0]!.address;
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  const target = nodes.find(({ name }) => name === holder)!.address;
  const other = nodes.find(({ name }) => name !== holder)?.address ?? target;
  const program = await readFile(join(import.meta.dirname, "..", "support", "vrrp-attack.py"), "base64");
  const attempts = [
    [own, ""],
    [own, "caravan1"],
    [other, ""],
    [other, "caravan1"],
  ].map(([source, password]) => `python3 /run/attack.py ${ATTACK_SECONDS} ${source} ${ADDRESS} "${password}" ${target} 224.0.0.18`);
  const sent = await worker.run(`echo ${program} | base64 --decode >/run/attack.py; ${attempts.join(" & ")} & wait`);
  expect(
    sent
      .trim()
      .split("\n")
      .map(Number)
      .every((count) => count > ATTACK_SECONDS),
  ).toBe(true);
}

/** Lists the control planes that released the address to the attacker, by keepalived's log: only the attacker has this priority. */
async function yieldingNodes(names: readonly string[]): Promise<string[]> {
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  const logs = await Promise.all(
    nodes.map(async (node) => (await sshTo(cluster, node)).run("journalctl --unit keepalived --boot --output cat")),
  );
  expect(nodes.map(({ name }) => name)).toEqual(names);
  for (const log of logs) expect(log).toMatch(/Entering (MASTER|BACKUP) STATE/);
  return names.filter((_, index) => /received advert from .* with higher priority 255/i.test(logs[index]!));
}

/** Checks that everything exists that the API reported as written. */
async function expectAll(written: readonly string[]): Promise<void> {
  const names = (await cluster.kubectl(["get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  expect(written.filter((name) => !names.includes(name))).toEqual([]);
  await cluster.kubectl(["delete", "configmaps", ...written]);
}
