import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi } from "../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up } from "./support/cluster.ts";
import { cordoned, reachedKubelets, upgrade, versionsOf } from "./support/upgraded.ts";
import { BUILD_TIMEOUT, type SeveralVersions, severalVersions } from "./support/versions.ts";

// Kubernetes 1.36.3 becomes 1.37.2 by one line and one `pulumi up`, on the machines that there are.
const STACK = "e2e-upgrade";
const NEW = "1.37.2";

let versions: SeveralVersions;
let cluster: Cluster;
let uids: Record<string, string>;

beforeAll(async () => {
  versions = await severalVersions([NEW]);
  cluster = await createCluster(STACK, 3, versions.settings);
  uids = await uidsOf(cluster);
}, BUILD_TIMEOUT);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

it("refuses a minor version too far and one that is older, in the preview", async () => {
  for (const [version, reason] of [
    ["1.38.0", "is not supported"],
    ["1.35.4", "older"],
  ] as const) {
    await configure(STACK, { ...versions.settings, "caravan:kubernetesVersion": version });
    expect(await failureOf(pulumi(cluster.stack, ["preview"], { deadline: 300 }))).toContain(reason);
  }
});

it("upgrades everything in place, and loses no write", async () => {
  const { lost } = await upgrade(cluster, versions.settings, NEW);
  expect(lost).toEqual([]);
  await waitForNodes(cluster.kubectl, 3);
  expect(await uidsOf(cluster)).toEqual(uids);
  const { kubelets, images, kubeadm } = await versionsOf(cluster);
  expect({ kubelets: [...new Set(Object.values(kubelets))], images, kubeadm }).toEqual({
    kubelets: [`v${NEW}`],
    images: ["coredns:v1.14.6", "etcd:3.6.11-0", `kube-apiserver:v${NEW}`, `kube-controller-manager:v${NEW}`, `kube-scheduler:v${NEW}`],
    kubeadm: `v${NEW}`,
  });
});

it("leaves no node cordoned, and reaches every kubelet", async () => {
  expect(await cordoned(cluster)).toEqual([]);
  expect(await reachedKubelets(cluster, "k8s-app=cilium", "cilium-agent")).toEqual(Object.keys(uids).sort());
});

it("has no changes in the next run", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});
