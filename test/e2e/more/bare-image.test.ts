import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type BareSystem, containerdConfiguration, packageSettings, provideBareSystem } from "../support/bare-image.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, up } from "../support/cluster.ts";
import { type Machine, sshOf } from "../support/ssh.ts";

// A pool whose image has nothing but a system: containerd, curl, gpg and Kubernetes come from an apt repository with a key of its own.
const STACK = "e2e-bare";

let bare: BareSystem;
let cluster: Cluster;
let node: Machine;

beforeAll(async () => {
  bare = await provideBareSystem(STACK);
  cluster = await createCluster(STACK, 3, await settings());
  node = await sshOf(cluster, "bare");
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await bare?.end();
});

async function settings(): Promise<Record<string, unknown>> {
  const machine = { image: "node", flavor: "node.small" };
  const containerRuntime = { configuration: await containerdConfiguration() };
  const pools = { default: { count: 1, machine }, bare: { count: 1, machine: { ...machine, image: bare.image }, containerRuntime } };
  return { ...packageSettings(bare), "caravan:pools": pools };
}

it("installs what the image does not have, and says so", () => {
  expect(cluster.output).toContain(": install containerd curl gpg ca-certificates (");
  expect(cluster.output).toContain(`: install Kubernetes ${tools.kubernetes.version} (`);
});

it("holds the packages, and trusts the repository by its key alone", async () => {
  expect((await node.run("apt-mark showhold")).trim().split("\n")).toEqual(["containerd", "kubeadm", "kubectl", "kubelet"]);
  const keys = await node.run("gpg --batch --with-colons --show-keys /etc/apt/keyrings/kubernetes.gpg | grep ^fpr");
  expect(keys).toContain(bare.repository.fingerprint);
});

it("runs pods that reach pods of other nodes, also after systemd-networkd was started again", async () => {
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
  await node.run("systemctl restart systemd-networkd");
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});

it("has no changes in the next run", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("refuses packages by another key, names both, and leaves the cluster as it is", async () => {
  const pools = (await settings())["caravan:pools"] as { bare: object };
  const key = "DE15B14486CD377B9E876E1A234654DA9A296436";
  await configure(STACK, {
    ...packageSettings(bare),
    "caravan:packageRepositoryKey": key,
    "caravan:pools": { ...pools, bare: { ...pools.bare, count: 2 } },
  });
  const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 600 }));
  expect(failure).toContain(`is ${bare.repository.fingerprint}, and not the expected ${key}; if it is the right one, give it as`);
  await configure(STACK, await settings());
  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 3);
});
