import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, createCluster, destroy, uidsOf } from "../support/cluster.ts";
import { type Machine, sshTo } from "../support/ssh.ts";

const STACK = "e2e-rotation-cilium";
const ROTATION_SECONDS = 3600;
const PKI = "/etc/kubernetes/pki/cilium-etcd";
const small = { image: "node", flavor: "node.small" };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 2, {
    "caravan:ssh": { bastion: { machine: small } },
    "caravan:etcd": { topology: "external", members: 3, machine: small, ciliumEtcd: true },
    "caravan:controlPlane": { machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: small } },
  });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

async function members(): Promise<Machine[]> {
  const found = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "etcdMembers");
  return Promise.all(found.map((each) => sshTo(cluster, each)));
}

/** Returns the status of Cilium's etcd's answer to a certificate. */
const statusFor = (folder: string) =>
  `curl --silent --output /dev/null --write-out '%{http_code}' --cacert ${PKI}/ca.crt --cert ${folder}/server.crt --key ${folder}/server.key https://127.0.0.1:2479/health || true`;

it(
  "rotates the CA of Cilium's etcd: agents go on, and the etcd refuses clients of the old one",
  async () => {
    const machines = await members();
    for (const { run } of machines) await run(`cp -r ${PKI} /root/former-cilium-etcd`);
    const before = await uidsOf(cluster);
    const { name, dir } = cluster.stack;
    const command = [process.execPath, `${repositoryDir}/commands/main.ts`, "rotate", name, "ciliumEtcdCa", "--cwd", dir];
    const said = await onDevcloud(["sh", "-c", 'exec "$@" 2>&1', "sh", ...command], { deadline: ROTATION_SECONDS });
    expect(said).toContain("ciliumEtcdCa: rotated");
    expect(await uidsOf(cluster)).toEqual(before);
    const answers = await Promise.all(machines.map(({ run }) => run(statusFor(PKI))));
    expect(answers).toEqual(["200", "200", "200"]);
    expect(await Promise.all(machines.map(({ run }) => run(statusFor("/root/former-cilium-etcd"))))).toEqual(["000", "000", "000"]);
    const agents = ["-n", "kube-system", "exec", "daemonset/cilium", "-c", "cilium-agent", "--"];
    expect(await cluster.kubectl([...agents, "cilium-dbg", "status"])).toMatch(/KVStore: +Ok/);
    await checkTraffic(cluster.kubectl);
  },
  (ROTATION_SECONDS + 300) * 1000,
);
