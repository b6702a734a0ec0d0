import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listNodes } from "../../devcloud/nodes.ts";
import { pulumi, type Stack, stackOutput } from "../../devcloud/stack.ts";
import { checkTraffic } from "../../devcloud/traffic.ts";
import { type Cluster, createCluster, destroy, up } from "./support/cluster.ts";
import { inventory } from "./support/openstack.ts";
import { instanceProcesses, watchCommandLines } from "./support/processes.ts";
import { sshOf } from "./support/ssh.ts";

let cluster: Cluster;
let before: Record<string, string[]>;
let commandLines: string[];

beforeAll(async () => {
  before = await inventory();
  const watch = watchCommandLines();
  cluster = await createCluster("e2e-mini", 3);
  commandLines = watch.stop();
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

describe("the mini stack", () => {
  it("has one control plane and two labelled workers of the version that was asked for", async () => {
    const nodes = await listNodes(cluster.kubectl);
    expect(nodes.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{7}$/, ""))).toEqual([
      "e2e-mini-control-plane-0",
      "e2e-mini-default-0",
      "e2e-mini-default-1",
    ]);
    expect(nodes.map(({ status }) => status.nodeInfo.kubeletVersion)).toEqual(["v1.36.3", "v1.36.3", "v1.36.3"]);
    expect(nodes.map(({ metadata }) => metadata.labels["caravan.dev/pool"])).toEqual([undefined, "default", "default"]);
  });

  it("lets pods on different nodes reach each other through Services by DNS name", async () => {
    const workers = (await stackOutput<Record<string, { name: string }[]>>(cluster.stack, "pools")).default!;
    expect(await checkTraffic(cluster.kubectl)).toEqual(workers.map(({ name }) => name).sort());
  });

  it("answers logs and exec through verified kubelet certificates", async () => {
    const { kubectl } = cluster;
    const pod = (await kubectl(["-n", "kube-system", "get", "pods", "-l", "k8s-app=cilium", "-o", "name"])).split("\n")[0]!;
    expect(await kubectl(["-n", "kube-system", "logs", pod, "-c", "cilium-agent", "--tail=1"])).not.toBe("");
    expect(await kubectl(["-n", "kube-system", "exec", pod, "-c", "cilium-agent", "--", "cilium-dbg", "status", "--brief"])).toContain(
      "OK",
    );
  });

  it("writes Secrets to etcd encrypted and keeps an audit log", async () => {
    const { kubectl } = cluster;
    await kubectl(["create", "secret", "generic", "e2e", "--from-literal=word=in-the-clear"]);
    const etcd = "etcd-e2e-mini-control-plane-0";
    const pki = "/etc/kubernetes/pki/etcd";
    const stored = await kubectl([
      ...[
        "-n",
        "kube-system",
        "exec",
        etcd,
        "--",
        "etcdctl",
        `--cacert=${pki}/ca.crt`,
        `--cert=${pki}/server.crt`,
        `--key=${pki}/server.key`,
      ],
      ...["get", "/registry/secrets/default/e2e", "--print-value-only"],
    ]);
    expect(stored).toContain("k8s:enc:secretbox:v1:key1");
    expect(stored).not.toContain("in-the-clear");
  });

  it("has no changes when it is brought up again", async () => {
    const { same, ...changes } = await up(cluster.stack);
    expect(changes).toEqual({});
    expect(same).toBeGreaterThan(30);
  });

  it("shows no secret in the state, in what pulumi prints, in process arguments or in user data", async () => {
    const { stack } = cluster;
    const secrets = await secretsOf(stack);
    // Four authorities' and signers' keys, two clients' (also as base64 in kubeconfigs), the SSH key and the encryption key.
    expect(secrets.length).toBeGreaterThanOrEqual(9);
    const places = {
      state: await pulumi(stack, ["stack", "export"], { deadline: 60 }),
      output: cluster.output,
      commandLines: commandLines.join("\n"),
      metadata: await (await sshOf(cluster, "default")).run(
        "curl -sf http://169.254.169.254/openstack/latest/user_data http://169.254.169.254/openstack/latest/meta_data.json",
      ),
    };
    expect(places.commandLines).toContain("kubeadm");
    for (const [place, text] of Object.entries(places)) {
      expect({ place, found: secrets.filter((secret) => text.includes(secret)) }).toEqual({ place, found: [] });
    }
  });

  it("leaves nothing behind when it is destroyed", async () => {
    await pulumi(cluster.stack, ["destroy", "--yes", "--skip-preview"], { deadline: 600 });
    expect(await inventory()).toEqual(before);
    expect(await instanceProcesses()).toEqual([]);
  });
});

/** Parts of every private key and credential in a stack's state, long enough to be none of anything else. */
async function secretsOf(stack: Stack): Promise<string[]> {
  const state = await pulumi(stack, ["stack", "export", "--show-secrets"], { deadline: 60 });
  const keys = [...state.matchAll(/PRIVATE KEY-----(?:\\+n)+([A-Za-z0-9+/=]{40,})/g)].map(([, line]) => line!);
  const clientKeys = [...state.matchAll(/client-key-data: ([A-Za-z0-9+/=]{40,})/g)].map(([, data]) => data!);
  const encryption = [...state.matchAll(/"([A-Za-z0-9+/]{43}=)/g)].map(([, key]) => key!);
  return [...new Set([...keys, ...clientKeys, ...encryption])];
}
