import { afterAll, beforeAll, expect, it } from "vitest";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, uidsOf, up } from "../support/cluster.ts";
import { expectNoGap } from "../support/gap.ts";
import { sshTo } from "../support/ssh.ts";
import { type SeveralVersions, severalVersions } from "../support/versions.ts";
import { startWriter } from "../support/writer.ts";

const STACK = "e2e-upgrade-ha";
const NAMES = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`);
const MINUTES = 60_000;

let versions: SeveralVersions;
let cluster: Cluster;

const settings = (more: Record<string, unknown> = {}) => ({
  ...versions.settings,
  "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
  "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
  "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
  "caravan:pools": {},
  ...more,
});

beforeAll(async () => {
  versions = await severalVersions(["1.37.2"]);
  cluster = await createCluster(STACK, 3, settings({ "caravan:kubernetesVersion": "1.36.3" }));
}, 60 * MINUTES);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

/** Runs a command on each control plane, in order. */
async function onEach(command: string): Promise<string[]> {
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  return Promise.all(nodes.map(async (node) => (await sshTo(cluster, node)).run(command)));
}

/** Lists the images of a component's pods, each once. */
async function imagesOf(selector: string): Promise<string[]> {
  const text = await cluster.kubectl([
    "-n",
    "kube-system",
    "get",
    "pods",
    "-l",
    selector,
    "-o",
    "jsonpath={.items[*].spec.containers[0].image}",
  ]);
  return [...new Set(text.split(" "))];
}

/** Names of the ConfigMaps that a writer has made. */
const written = async () => new Set((await cluster.kubectl(["get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"])).split(" "));

async function upgrade(changes: Record<string, unknown>): Promise<void> {
  const before = await uidsOf(cluster);
  await using writer = await startWriter(STACK);
  await configure(STACK, settings(changes));
  await up(cluster.stack);
  const writes = await writer.stop();
  await expectNoGap(cluster, writes);
  const kept = await written();
  expect(writes.written.filter((name) => !kept.has(name))).toEqual([]);
  expect(await uidsOf(cluster)).toEqual(before);
  const { same, ...others } = await up(cluster.stack);
  expect(others).toEqual({});
  expect(same).toBeGreaterThan(20);
}

it(
  "goes from 1.36.3 to 1.37.2 by one line, with the API in service, and etcd to the last step before 3.7",
  async () => {
    await upgrade({ "caravan:kubernetesVersion": "1.37.2" });
    const nodes = "jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion} {.spec.unschedulable}{'\\n'}{end}";
    const lines = (await cluster.kubectl(["get", "nodes", "-o", nodes])).split("\n").filter((line) => line !== "");
    expect(lines).toEqual(NAMES.map((name) => `${name} v1.37.2 `));
    expect(await imagesOf("component=kube-apiserver")).toEqual(["registry.k8s.io/kube-apiserver:v1.37.2"]);
    expect(await imagesOf("component=etcd")).toEqual(["registry.k8s.io/etcd:3.6.11-0"]);
    expect(await imagesOf("k8s-app=kube-dns")).toEqual([expect.stringMatching(/coredns:v1\.14\.6$/)]);
    const declared = await cluster.kubectl([
      "-n",
      "kube-system",
      "get",
      "configmap",
      "kubeadm-config",
      "-o",
      "jsonpath={.data.ClusterConfiguration}",
    ]);
    expect(declared).toContain("kubernetesVersion: v1.37.2");
  },
  40 * MINUTES,
);

it("leaves nothing behind: no note, no cordon, no copies; one control plane has the snapshot", async () => {
  await expect(cluster.kubectl(["-n", "kube-system", "get", "configmap", "caravan-upgrade"])).rejects.toThrow("NotFound");
  const left =
    "ls -d /var/lib/caravan/upgrading /var/lib/caravan/cordoned /var/lib/caravan/settings-before /etc/kubernetes/tmp/kubeadm-* 2>/dev/null || true";
  expect((await onEach(left)).join("")).toBe("");
  const snapshots = await onEach("ls /var/lib/caravan/snapshots 2>/dev/null || true");
  expect(snapshots.map((list) => list.trim()).sort()).toEqual(["", "", "before-1.37.2.db"]);
});

it("reaches each kubelet: logs and exec", async () => {
  for (const name of NAMES) {
    await cluster.kubectl(["-n", "kube-system", "logs", `kube-scheduler-${name}`, "--tail=1"]);
    const agent = await cluster.kubectl([
      ...["-n", "kube-system", "get", "pods", "-l", "k8s-app=cilium", "--field-selector", `spec.nodeName=${name}`],
      ...["-o", "jsonpath={.items[0].metadata.name}"],
    ]);
    expect(await cluster.kubectl(["-n", "kube-system", "exec", agent, "-c", "cilium-agent", "--", "echo", "answers"])).toContain("answers");
  }
});

it(
  "goes to etcd 3.7 by a step of its own",
  async () => {
    await upgrade({ "caravan:kubernetesVersion": "1.37.2", "caravan:etcd": { topology: "stacked", etcdVersion: "3.7.0-0" } });
    // The kubelet tells the API of a static pod a while after the API has restarted with it.
    await expect.poll(() => imagesOf("component=etcd"), { timeout: 120_000 }).toEqual(["registry.k8s.io/etcd:3.7.0-0"]);
  },
  30 * MINUTES,
);

it("refuses to go back, in the preview, before anything is changed", async () => {
  await configure(STACK, settings({ "caravan:kubernetesVersion": "1.36.3" }));
  await expect(up(cluster.stack)).rejects.toThrow(
    "the cluster runs Kubernetes 1.37.2, and 1.36.3 is older, but Kubernetes does not go back",
  );
});
