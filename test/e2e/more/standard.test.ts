import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, createCluster, destroy, up, urnOf } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { type Machine, sshTo } from "../support/ssh.ts";
import { startWriter } from "../support/writer.ts";

const STACK = "e2e-standard";
const MEMBERS = [0, 1, 2].map((key) => `${STACK}-etcd-${key}`);
const PORTS = { etcd: 2379, "cilium-etcd": 2479, "events-etcd": 2579 };
type Etcd = keyof typeof PORTS;
const ETCDS = Object.keys(PORTS) as Etcd[];
/** All keys below /registry, without their values. */
const RANGE = { key: btoa("/registry/"), range_end: btoa("/registry0"), keys_only: true };
const small = { image: "node", flavor: "node.small" };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 4, {
    "caravan:apiEndpoint": { type: "vip", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: small } },
    "caravan:etcd": { topology: "external", members: 3, machine: small, ciliumEtcd: true, eventsEtcd: true },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: small } },
  });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

/** Connects to one of the machines of etcd. */
async function member(place: number): Promise<Machine> {
  return sshTo(cluster, (await stackOutput<{ name: string; address: string }[]>(cluster.stack, "etcdMembers"))[place]!);
}

/** Calls one of the etcds on its own machine, with its own certificate or another etcd's. */
function call(machine: Machine, etcd: Etcd, certificate: Etcd, path: string, request: object = {}): Promise<string> {
  const pki = "/etc/kubernetes/pki";
  const credentials = `--cacert ${pki}/${etcd}/ca.crt --cert ${pki}/${certificate}/server.crt --key ${pki}/${certificate}/server.key`;
  // With TLS 1.2, the refusal is an answer of its own, not the end of a connection.
  return machine.run(
    `curl --silent --show-error --tls-max 1.2 ${credentials} --data '${JSON.stringify(request)}' https://127.0.0.1:${PORTS[etcd]}/v3/${path} 2>&1 || true`,
  );
}

/** Returns the names of the voting members of an etcd. */
async function voters(machine: Machine, etcd: Etcd): Promise<string[]> {
  const { members } = JSON.parse(await call(machine, etcd, etcd, "cluster/member/list"));
  return (members as { name?: string; isLearner?: boolean }[]).flatMap(({ name, isLearner }) => (name && !isLearner ? [name] : [])).sort();
}

/** Returns the UIDs of the nodes by name. An unchanged node keeps its UID. */
async function uids(): Promise<Record<string, string>> {
  return Object.fromEntries((await listNodes(cluster.kubectl)).map(({ metadata }) => [metadata.name, metadata.uid]));
}

describe("a cluster with etcd on machines of its own", () => {
  it("has three etcds of three voters each on them, and none on its control planes", async () => {
    const machine = await member(1);
    for (const etcd of ETCDS) expect(await voters(machine, etcd)).toEqual(MEMBERS);
    expect(await cluster.kubectl(["-n", "kube-system", "get", "pods", "--selector", "component=etcd", "-o", "name"])).toBe("");
  });

  it("keeps events, and nothing else, in an etcd of their own", async () => {
    const machine = await member(2);
    const prefixes = async (etcd: Etcd) => {
      const all = await call(machine, etcd, etcd, "kv/range", RANGE);
      const keys = (JSON.parse(all).kvs as { key: string }[]).map(({ key }) => Buffer.from(key, "base64").toString());
      return [...new Set(keys.map((key) => key.split("/").slice(0, 3).join("/")))];
    };
    const [main, events] = [await prefixes("etcd"), await prefixes("events-etcd")];
    expect(main).toContain("/registry/pods");
    expect(main).not.toContain("/registry/events");
    expect(events.filter((prefix) => prefix.startsWith("/registry/"))).toEqual(["/registry/events"]);
  });

  it("has etcds that refuse each other's certificates", async () => {
    const machine = await member(0);
    expect(await call(machine, "etcd", "etcd", "maintenance/status")).toContain('"version":"3.');
    expect(await call(machine, "cilium-etcd", "cilium-etcd", "maintenance/status")).toContain('"version":"3.');
    expect(await call(machine, "etcd", "cilium-etcd", "maintenance/status")).toMatch(/curl: .*alert/);
    expect(await call(machine, "cilium-etcd", "etcd", "maintenance/status")).toMatch(/curl: .*alert/);
  });

  it("keeps Cilium's state in Cilium's own etcd", async () => {
    const status = ["-n", "kube-system", "exec", "ds/cilium", "-c", "cilium-agent", "--", "cilium-dbg", "status"];
    await expect
      .poll(() => cluster.kubectl(status).catch(String), { timeout: 120_000, interval: 3000 })
      .toMatch(/KVStore:\s+Ok\s+etcd: 3\/3 connected/);
    await cluster.kubectl([
      "taint",
      "nodes",
      "--selector",
      "node-role.kubernetes.io/control-plane",
      "node-role.kubernetes.io/control-plane-",
    ]);
    expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
  });

  it("has no changes in the next run", async () => {
    const { create, update, delete: deleted, replace } = await up(cluster.stack);
    expect({ create, update, deleted, replace }).toEqual({ create: undefined, update: undefined, deleted: undefined, replace: undefined });
  });

  it("keeps serving while the first machine of etcd is replaced, and no node changes", async () => {
    const before = await uids();
    const server = await urnOf(cluster.stack, "openstack:compute/instance:Instance", MEMBERS[0]!);
    await using writer = await startWriter(STACK);
    await up(cluster.stack, ["--replace", server]);
    const writes = await writer.stop();
    await expectNoGap(cluster, writes);
    const names = (await cluster.kubectl(["get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
    expect(writes.written.filter((name) => !names.includes(name))).toEqual([]);

    await waitForNodes(cluster.kubectl, 4);
    expect(await uids()).toEqual(before);
    const machine = await member(0);
    for (const etcd of ETCDS) expect(await voters(machine, etcd)).toEqual(MEMBERS);
  });
});
