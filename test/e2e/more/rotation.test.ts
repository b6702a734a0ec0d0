import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { kubectlOf } from "../../../devcloud/kubectl.ts";
import { pulumi, stackOutput } from "../../../devcloud/stack.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { type Cluster, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { sshTo } from "../support/ssh.ts";
import { startWriter } from "../support/writer.ts";

const STACK = "e2e-rotation";
const NAMES = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`);
const ROTATION_SECONDS = 3600;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 4, {
    "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
    "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
    "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
    "caravan:pools": { default: { count: 1, machine: { image: "node", flavor: "node.small" } } },
  });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

/** Calls the bin, and returns what it says. */
function rotate(keyring: string, ...options: string[]): Promise<string> {
  const { name, dir } = cluster.stack;
  const command = [process.execPath, `${repositoryDir}/commands/main.ts`, "rotate", name, keyring, "--cwd", dir, ...options];
  return onDevcloud(["sh", "-c", 'exec "$@" 2>&1', "sh", ...command], { deadline: ROTATION_SECONDS });
}

/** Runs a command on each control plane. */
async function onEach(command: string): Promise<string[]> {
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  return Promise.all(nodes.map(async (node) => (await sshTo(cluster, node)).run(command)));
}

/** Rotates a key while somebody writes, who never waits long. */
async function rotateWhileWriting(keyring: string): Promise<void> {
  const before = await uidsOf(cluster);
  await using writer = await startWriter(STACK);
  expect(await rotate(keyring)).toContain(`${keyring}: rotated`);
  const writes = await writer.stop();
  console.log(`${keyring}: longest gap of the API ${writes.longestGap} s`);
  await expectNoGap(cluster, writes);
  expect(await uidsOf(cluster)).toEqual(before);
}

const records = async () =>
  JSON.parse(await cluster.kubectl(["-n", "kube-system", "get", "configmap", "caravan-key-phases", "-o", "jsonpath={.data}"])) as object;

it(
  "rotates the encryption key: all Secrets are under the new one, none is lost, and the API answers all the time",
  async () => {
    await cluster.kubectl(["create", "secret", "generic", "before", "--from-literal=word=kept"]);
    await rotateWhileWriting("encryptionKey");
    const word = await cluster.kubectl(["get", "secret", "before", "-o", "jsonpath={.data.word}"]);
    expect(Buffer.from(word, "base64").toString()).toBe("kept");
    expect(await onEach("caravan-secrets-at-rest list key2")).toEqual(["", "", ""]);
    for (const keys of await onEach("grep 'name: key' /etc/kubernetes/caravan/encryption.yaml")) expect(keys.trim()).toBe("- name: key2");
    expect(Object.keys(await records()).sort()).toEqual(NAMES);
  },
  (ROTATION_SECONDS + 300) * 1000,
);

it(
  "rotates the CA of the front proxy, and API servers trust the new one alone",
  async () => {
    await rotateWhileWriting("frontProxyCa");
    const count = "openssl verify -CAfile /etc/kubernetes/pki/front-proxy-ca.crt /etc/kubernetes/pki/front-proxy-client.crt";
    expect(new Set(await onEach(count))).toEqual(new Set(["/etc/kubernetes/pki/front-proxy-client.crt: OK\n"]));
    const [own] = await onEach("cat /etc/kubernetes/pki/front-proxy-ca.crt");
    const published = await cluster.kubectl(["-n", "kube-system", "get", "configmap", "extension-apiserver-authentication", "-o", "json"]);
    expect(JSON.parse(published).data["requestheader-client-ca-file"].trim()).toBe(own!.trim());
  },
  (ROTATION_SECONDS + 300) * 1000,
);

it(
  "rotates the CA of etcd, and etcd refuses clients of the old one",
  async () => {
    const [first] = NAMES;
    await onEach("cp -r /etc/kubernetes/pki/etcd /root/former-etcd");
    await rotateWhileWriting("etcdCa");
    const call = (folder: string) =>
      `curl --silent --output /dev/null --write-out '%{http_code}' --cacert /etc/kubernetes/pki/etcd/ca.crt --cert ${folder}/healthcheck-client.crt --key ${folder}/healthcheck-client.key https://127.0.0.1:2379/health || true`;
    expect(await onEach(call("/etc/kubernetes/pki/etcd"))).toEqual(["200", "200", "200"]);
    expect(await onEach(call("/root/former-etcd"))).toEqual(["000", "000", "000"]);
    await cluster.kubectl(["-n", "kube-system", "logs", `kube-scheduler-${first}`, "--tail=1"]);
  },
  (ROTATION_SECONDS + 300) * 1000,
);

/** Sets the phase of a key in the stack's configuration. */
async function configure(keyring: string, use: number, trust: number[]) {
  const path = `caravan:certificates.rotation.${keyring}`;
  await pulumi(cluster.stack, ["config", "rm", "--path", path], { deadline: 60 });
  const values = [`use=${use}`, ...trust.map((generation, index) => `trust[${index}]=${generation}`)];
  const settings = values.flatMap((value) => ["--plaintext", `${path}.${value}`]);
  await pulumi(cluster.stack, ["config", "set-all", "--path", ...settings], { deadline: 60 });
}

/** Sets the phase of the service accounts' key, and runs the stack. */
async function serviceAccountKey(use: number, trust: number[]) {
  await configure("serviceAccountKey", use, trust);
  return up(cluster.stack);
}

it("keeps the former key of service accounts for an hour, and pods go on with their tokens", async () => {
  await serviceAccountKey(1, [1, 2]);
  await serviceAccountKey(2, [1, 2]);
  await cluster.kubectl(["-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s"]);
  await expect(serviceAccountKey(2, [2])).rejects.toThrow("drops a generation whose tokens are valid until");
  const { same, ...changes } = await serviceAccountKey(2, [1, 2]);
  expect(changes).toEqual({});
  expect(same).toBeGreaterThan(30);
}, 1_800_000);

const STEPS: [use: number, ...trust: number[]][] = [
  [1, 1, 2],
  [2, 1, 2],
  [2, 2],
];
const WORKER = `${STACK}-default-0`;

/** Returns the status of the API's answer to a client certificate on a machine. */
const statusFor = (pair: string, path: string) =>
  `curl --silent --output /dev/null --write-out '%{http_code}' --cacert /etc/kubernetes/pki/ca.crt --cert ${pair} --key ${pair} --connect-to kubernetes:6443:127.0.0.1:6443 https://kubernetes:6443${path} || true`;

it(
  "rotates the cluster's CA: nodes and pods stay, the API answers all the time, and what the old CA has signed is refused",
  async () => {
    const before = await uidsOf(cluster);
    const pair = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    await onEach(`cp ${pair} /root/former-kubelet.pem`);
    const former = await stackOutput<string>(cluster.stack, "kubeconfig");
    for (const [use, ...trust] of STEPS) {
      await using writer = await startWriter(STACK);
      await configure("clusterCa", use, trust);
      await pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 1800 });
      expect((await writer.stop()).longestGap).toBeLessThan(15);
      // The kubeconfig of this step is valid in the next one.
      cluster = { ...cluster, kubectl: await kubectlOf(cluster.stack) };
      expect(await uidsOf(cluster)).toEqual(before);
      for (const node of [...NAMES, WORKER]) await cluster.kubectl(["get", "--raw", `/api/v1/nodes/${node}/proxy/healthz`]);
      await cluster.kubectl(["-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s"]);
    }
    const own = `/api/v1/nodes/$(hostname)`;
    expect(await onEach(statusFor(pair, own))).toEqual(["200", "200", "200"]);
    expect(await onEach(statusFor("/root/former-kubelet.pem", own))).toEqual(["401", "401", "401"]);
    const present = await stackOutput<string>(cluster.stack, "kubeconfig");
    const [old, now] = [former, present].map((text) => parse(text).clusters[0].cluster["certificate-authority-data"]);
    expect(old).not.toBe(now);
    const cas = await onEach(
      "grep --count BEGIN /etc/kubernetes/pki/ca.crt; grep --count signing-ca /etc/kubernetes/manifests/kube-controller-manager.yaml",
    );
    expect(cas).toEqual(["1\n1\n", "1\n1\n", "1\n1\n"]);
    const roots = JSON.parse(
      await cluster.kubectl(["get", "configmaps", "-A", "--field-selector", "metadata.name=kube-root-ca.crt", "-o", "json"]),
    );
    const told = new Set(roots.items.map(({ data }: { data: Record<string, string> }) => data["ca.crt"]!.trim()));
    expect([...told]).toEqual([Buffer.from(now, "base64").toString().trim()]);
    await cluster.kubectl(["-n", "kube-system", "logs", `kube-scheduler-${NAMES[0]}`, "--tail=1"]);
  },
  (ROTATION_SECONDS + 300) * 1000,
);
