import { afterAll, beforeAll, expect, it } from "vitest";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, stackOutput } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, resourcesOf, up } from "../support/cluster.ts";
import { openstack } from "../support/openstack.ts";
import { makeOutside, type Outside, onServer, removeOutside } from "../support/outside.ts";

// A cluster on an existing network, with an existing server: imported, removed, imported again, and left behind.
const STACK = "e2e-imported";
const OUTSIDE = "e2e-outside";
const CIDR = "10.42.0.0/24";
const one = { count: 1, machine: { image: "node", flavor: "node.small" } };

let outside: Outside;
let cluster: Cluster;
let destroyed = false;

beforeAll(async () => {
  await removeOutside(OUTSIDE);
  outside = await makeOutside(OUTSIDE, CIDR);
  cluster = await createCluster(STACK, 4, changes({ a: one, middle: one, z: one }));
});

afterAll(async () => {
  if (!destroyed && cluster) await destroy(cluster.stack);
  await removeOutside(OUTSIDE);
});

/** Returns the scenario's configuration with some pools. */
function changes(pools: Record<string, unknown>): Record<string, unknown> {
  const { networkId, subnetId } = outside;
  return { "caravan:network": { adopt: { networkId, subnetId }, cidr: CIDR, externalNetwork: "public" }, "caravan:pools": pools };
}

/** Returns the settings of a pool with the existing server. */
function gpu(settings: Record<string, unknown> = {}) {
  const { name, address, privateKey } = outside;
  return { imported: [{ name, address }], ssh: { privateKey }, ...settings };
}

/** Changes the cluster's pools. */
async function apply(pools: Record<string, unknown>) {
  await configure(STACK, changes(pools));
  return up(cluster.stack);
}

async function uids(): Promise<Record<string, string>> {
  const nodes = await listNodes(cluster.kubectl);
  return Object.fromEntries(nodes.map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** Finds which ports of SSH, etcd, the API and the kubelet the server reaches on a control plane and on a worker. */
async function reachablePorts(): Promise<{ controlPlane: number[]; worker: number[] }> {
  const [controlPlane] = await stackOutput<{ address: string }[]>(cluster.stack, "controlPlanes");
  const [worker] = (await stackOutput<Record<string, { address: string }[]>>(cluster.stack, "pools")).a!;
  const reached = async ({ address }: { address: string }) => {
    const tries = [22, 2379, 6443, 10250].map(
      (port) => `(timeout 3 bash -c '</dev/tcp/${address}/${port}' 2>/dev/null && echo ${port}) & `,
    );
    const ports = await onServer(outside, `${tries.join("")} wait`);
    return ports
      .split("\n")
      .filter(Boolean)
      .map(Number)
      .sort((one, other) => one - other);
  };
  return { controlPlane: await reached(controlPlane!), worker: await reached(worker!) };
}

/** Lists the traces of Kubernetes on the server. */
async function traces(): Promise<string[]> {
  const paths =
    "/etc/kubernetes/kubelet.conf /var/lib/caravan /etc/sysctl.d/90-caravan.conf /etc/cni/net.d/05-cilium.conflist /sys/class/net/cilium_host";
  const found = await onServer(outside, `ls -d ${paths} 2>/dev/null; pgrep -l 'kubelet|cilium-agent'; true`);
  return found.split("\n").filter((line) => line !== "");
}

it("removes a pool from the middle and changes no other", async () => {
  const before = await uids();
  const all = (await resourcesOf(cluster.stack)).map(({ urn }) => urn);
  const { create, update, replace } = await apply({ a: one, z: one });
  await waitForNodes(cluster.kubectl, 3);
  expect({ create, update, replace }).toEqual({ create: undefined, update: undefined, replace: undefined });
  const after = await uids();
  expect(
    Object.keys(before)
      .filter((name) => !(name in after))
      .map((name) => name.replace(/-[0-9a-f]{7}$/, "")),
  ).toEqual([`${STACK}-middle-0`]);
  expect(before).toMatchObject(after);
  const left = new Set((await resourcesOf(cluster.stack)).map(({ urn }) => urn));
  expect(all.filter((urn) => !left.has(urn)).every((urn) => urn.includes(`${STACK}-middle`))).toBe(true);
});

it("lets a server in the network reach only SSH and the API", async () => {
  expect(await reachablePorts()).toEqual({ controlPlane: [22, 6443], worker: [22] });
});

it("imports an existing server as a worker with labels and taints, and without an id of the cloud", async () => {
  const before = await uids();
  const taints = [{ key: "gpu", value: "yes", effect: "NoSchedule" }];
  await apply({ a: one, z: one, gpu: gpu({ labels: { accelerator: "h100" }, taints }) });
  await waitForNodes(cluster.kubectl, 4);
  expect(await uids()).toMatchObject(before);
  const node = JSON.parse(await cluster.kubectl(["get", "node", OUTSIDE, "-o", "json"]));
  expect(node.metadata.labels).toMatchObject({ "caravan.dev/pool": "gpu", accelerator: "h100" });
  expect(node.spec.taints).toEqual(taints);
  expect(node.spec.providerID).toBeUndefined();
  expect(node.status.addresses).toContainEqual({ type: "InternalIP", address: outside.address });
});

it("lets the imported server reach all ports of the other nodes", async () => {
  expect(await reachablePorts()).toEqual({ controlPlane: [22, 2379, 6443, 10250], worker: [22, 10250] });
});

it("has no changes in the next run, and changes labels, taints and kubelets in place", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  const before = await uids();
  await apply({ a: { ...one, kubelet: { maxPods: 31 } }, z: one, gpu: gpu({ kubelet: { maxPods: 32 } }) });
  await waitForNodes(cluster.kubectl, 4);
  expect(await uids()).toEqual(before);
  const nodes = JSON.parse(await cluster.kubectl(["get", "nodes", "-o", "json"])).items as {
    metadata: { name: string; labels: Record<string, string> };
    spec: { taints?: unknown[] };
    status: { capacity: { pods: string } };
  }[];
  const of = (pool: string) => nodes.find(({ metadata }) => metadata.labels["caravan.dev/pool"] === pool)!;
  expect([of("a"), of("z"), of("gpu")].map(({ status }) => status.capacity.pods)).toEqual(["31", "110", "32"]);
  expect([of("gpu").metadata.labels.accelerator, of("gpu").spec.taints]).toEqual([undefined, undefined]);
});

it("runs pods on it that reach pods of others", async () => {
  for (const pool of ["a", "z"]) await cluster.kubectl(["cordon", "-l", `caravan.dev/pool=${pool}`]);
  await cluster.kubectl(["uncordon", "-l", "caravan.dev/pool=a"]);
  expect(await checkTraffic(cluster.kubectl)).toContain(OUTSIDE);
  await cluster.kubectl(["uncordon", "-l", "caravan.dev/pool=z"]);
});

it("refuses to move a server into another pool at once, and names the present one", async () => {
  await configure(STACK, changes({ a: one, z: one, other: gpu() }));
  const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 300 }));
  expect(failure).toContain("it is imported by e2e-imported/gpu; take it out there first");
});

it("removes the server from the cluster: drained, deleted and reset, but still existing", async () => {
  await cluster.kubectl(["create", "deployment", "spread", "--image=registry.k8s.io/pause:3.10.2", "--replicas=6"]);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
  await apply({ a: one, z: one });
  await waitForNodes(cluster.kubectl, 3);
  await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
  expect(await traces()).toEqual([]);
  expect((await openstack<{ status: string }>(["server", "show", OUTSIDE])).status).toBe("ACTIVE");
});

it("imports it again", async () => {
  await apply({ a: one, z: one, gpu: gpu() });
  await waitForNodes(cluster.kubectl, 4);
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});

it("leaves the server with its network when the cluster is destroyed: reset, though not drained", async () => {
  await destroy(cluster.stack);
  destroyed = true;
  expect(await traces()).toEqual([]);
  expect((await openstack<{ id: string }>(["network", "show", OUTSIDE])).id).toBe(outside.networkId);
});
