import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, uidsOf, up, urnOf } from "../support/cluster.ts";
import { killUpAtLine } from "../support/interruption.ts";
import { sshTo } from "../support/ssh.ts";
import { cordoned, versionsOf } from "../support/upgraded.ts";
import { BUILD_TIMEOUT, type SeveralVersions, severalVersions } from "../support/versions.ts";
import { startWriter, type Writer } from "../support/writer.ts";

// An upgrade that is killed again and again. Each next run starts at once, while scripts of the killed one may still run.
const STACK = "e2e-upgrade-killed";
const OLD = "1.36.3";
const NEW = "1.37.2";
const [FIRST, SECOND, THIRD] = [0, 1, 2].map((key) => `${STACK}-control-plane-${key}`) as [string, string, string];
const MINUTES = 60_000;

let versions: SeveralVersions;
let cluster: Cluster;
let uids: Record<string, string>;
let writer: Writer;

const settings = (kubernetesVersion: string) => ({
  ...versions.settings,
  "caravan:kubernetesVersion": kubernetesVersion,
  "caravan:apiEndpoint": { type: "vip", address: "10.40.0.5", allowedCidrs: ["172.24.4.0/22"] },
  "caravan:ssh": { bastion: { machine: { image: "node", flavor: "node.small" } } },
  "caravan:controlPlane": { count: 3, machine: { image: "node", flavor: "node.medium" } },
  "caravan:pools": { default: { count: 2, machine: { image: "node", flavor: "node.small" }, upgrade: { maxUnavailable: 1 } } },
});

beforeAll(async () => {
  versions = await severalVersions([NEW]);
  cluster = await createCluster(STACK, 5, settings(OLD));
  uids = await uidsOf(cluster);
  await configure(STACK, settings(NEW));
  writer = await startWriter(STACK);
}, BUILD_TIMEOUT);

afterAll(async () => {
  await writer?.stop();
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

/** Steps after whose end a run is killed: the next one is under way then. */
const MOMENTS: [string, RegExp][] = [
  ["the first control plane gets its images", new RegExp(`${FIRST}: pull images`)],
  ["the first control plane's components are new", new RegExp(`${FIRST}: new components`)],
  ["the second control plane is drained", new RegExp(`${SECOND}: drain`)],
  ["the second control plane's kubelet restarts", new RegExp(`${SECOND}: settings of the kubelet`)],
];

it.each(MOMENTS)(
  "is killed when %s",
  async (_, line) => {
    await killUpAtLine(cluster.stack, line);
  },
  15 * MINUTES,
);

it(
  "has a control plane of the old version replaced by one of the new version, and is killed when a worker's kubelet restarts",
  async () => {
    const server = await urnOf(cluster.stack, "openstack:compute/instance:Instance", THIRD);
    await killUpAtLine(cluster.stack, /-default-\d-[0-9a-f]{7}: settings of the kubelet/, { options: ["--replace", server] });
  },
  25 * MINUTES,
);

it(
  "ends well in the next run, and has no changes in the one after it",
  async () => {
    await up(cluster.stack);
    expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  },
  20 * MINUTES,
);

it("runs the new version everywhere, on the nodes that it had but for the replaced one, and none is cordoned", async () => {
  await waitForNodes(cluster.kubectl, 5);
  const { kubelets, kubeadm } = await versionsOf(cluster);
  expect([[...new Set(Object.values(kubelets))], kubeadm]).toEqual([[`v${NEW}`], `v${NEW}`]);
  expect(await cordoned(cluster)).toEqual([]);
  const { [THIRD]: replaced, ...others } = await uidsOf(cluster);
  const { [THIRD]: before, ...kept } = uids;
  expect(others).toEqual(kept);
  expect(replaced).not.toBe(before);
});

it("has lost no write, and left nothing on the machines", async () => {
  const { written } = await writer.stop();
  const names = (await cluster.kubectl(["get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
  expect(written.filter((name) => !names.includes(name))).toEqual([]);
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  const left = "ls -d /var/lib/caravan/upgrading /var/lib/caravan/cordoned /var/lib/caravan/settings-before 2>/dev/null || true";
  expect(await Promise.all(nodes.map(async (node) => (await sshTo(cluster, node)).run(left)))).toEqual(["", "", ""]);
});
