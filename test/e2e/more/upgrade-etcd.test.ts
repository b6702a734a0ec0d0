import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { sshTo } from "../support/ssh.ts";
import { cordoned, upgrade, versionsOf } from "../support/upgraded.ts";
import { BUILD_TIMEOUT, type SeveralVersions, severalVersions } from "../support/versions.ts";

// Three machines with three etcds each, three control planes and two workers.
const STACK = "e2e-upgrade-etcd";
const NEW = "1.37.2";
const small = { image: "node", flavor: "node.small" };
const PORTS = { etcd: 2379, "cilium-etcd": 2479, "events-etcd": 2579 };

let versions: SeveralVersions;
let settings: Record<string, unknown>;
let cluster: Cluster;
let uids: Record<string, string>;

beforeAll(async () => {
  versions = await severalVersions([NEW]);
  settings = {
    ...versions.settings,
    "caravan:apiEndpoint": { type: "vip", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: small } },
    "caravan:etcd": { topology: "external", members: 3, machine: small, ciliumEtcd: true, eventsEtcd: true },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 2, machine: small } },
  };
  cluster = await createCluster(STACK, 5, settings);
  uids = await uidsOf(cluster);
}, BUILD_TIMEOUT);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

/** Returns the versions of all members of all etcds. */
async function etcdVersions(): Promise<Record<string, string[]>> {
  const members = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "etcdMembers");
  const machines = await Promise.all(members.map((each) => sshTo(cluster, each)));
  const version = async (etcd: string, port: number) => {
    const pki = `/etc/kubernetes/pki/${etcd}`;
    const call = `curl -sS --cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key --data '{}' https://127.0.0.1:${port}/v3/maintenance/status`;
    const answers = await Promise.all(machines.map((machine) => machine.run(call)));
    return answers.map((answer) => JSON.parse(answer).version as string);
  };
  return Object.fromEntries(await Promise.all(Object.entries(PORTS).map(async ([etcd, port]) => [etcd, await version(etcd, port)])));
}

it("upgrades members, control planes and workers with no gap of the API over 15 s, and loses no write", async () => {
  const { lost, ...writes } = await upgrade(cluster, settings, NEW);
  console.log(`longest gap of the API: ${writes.longestGap} s, ${writes.written.length} writes`);
  expect(lost).toEqual([]);
  await expectNoGap(cluster, writes);
  await waitForNodes(cluster.kubectl, 5);
  expect(await uidsOf(cluster)).toEqual(uids);
  expect([...new Set(Object.values((await versionsOf(cluster)).kubelets))]).toEqual([`v${NEW}`]);
  const all = ["3.6.16", "3.6.16", "3.6.16"];
  expect(await etcdVersions()).toEqual({ etcd: all, "cilium-etcd": all, "events-etcd": all });
  expect(await cordoned(cluster)).toEqual([]);
});

it("has no changes in the next run", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});
