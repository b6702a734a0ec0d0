import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, createCluster, destroy, uidsOf } from "../support/cluster.ts";
import { cordoned, upgrade, versionsOf } from "../support/upgraded.ts";
import { BUILD_TIMEOUT, type SeveralVersions, severalVersions } from "../support/versions.ts";

// A cluster of 1.34.4 becomes one of 1.37.2 in three runs. So each supported minor version makes a cluster.
const STACK = "e2e-upgrade-minors";
const STEPS = ["1.35.4", "1.36.3", "1.37.2"];

let versions: SeveralVersions;
let cluster: Cluster;
let uids: Record<string, string>;

beforeAll(async () => {
  versions = await severalVersions(["1.34.4", "1.35.4", "1.37.2"]);
  cluster = await createCluster(STACK, 3, { ...versions.settings, "caravan:kubernetesVersion": "1.34.4" });
  uids = await uidsOf(cluster);
}, BUILD_TIMEOUT);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

it("makes a cluster of 1.34.4", async () => {
  expect([...new Set(Object.values((await versionsOf(cluster)).kubelets))]).toEqual(["v1.34.4"]);
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});

it.each(STEPS)("becomes one of %s", async (version) => {
  expect((await upgrade(cluster, versions.settings, version)).lost).toEqual([]);
  await waitForNodes(cluster.kubectl, 3);
  expect(await uidsOf(cluster)).toEqual(uids);
  const { kubelets, kubeadm } = await versionsOf(cluster);
  expect([...new Set(Object.values(kubelets)), kubeadm]).toEqual([`v${version}`, `v${version}`]);
  expect(await cordoned(cluster)).toEqual([]);
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});
