import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { stackConfig, stackOutput } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, createCluster, destroy, up } from "../support/cluster.ts";
import { openstack } from "../support/openstack.ts";

// A pool in a second network, which a router links to the cluster's own. The second network has another subnet, in which no node may be.
const STACK = "e2e-second-network";
const OUTSIDE = "e2e-second-outside";
const CIDR = "10.52.0.0/24";
const one = { count: 1, machine: { image: "node", flavor: "node.small" } };

interface Made {
  id: string;
}

let cluster: Cluster;

beforeAll(async () => {
  await removeOutside();
  const { id: router } = await openstack<Made>(["router", "create", "--external-gateway", "public", OUTSIDE]);
  const { id: networkId } = await openstack<Made>(["network", "create", OUTSIDE]);
  await openstack(["subnet", "create", "--network", OUTSIDE, "--subnet-range", "10.51.0.0/24", `${OUTSIDE}-other`]);
  const { id: subnetId } = await openstack<Made>(["subnet", "create", "--network", OUTSIDE, "--subnet-range", CIDR, OUTSIDE]);
  await onDevcloud(["openstack", "router", "add", "subnet", OUTSIDE, OUTSIDE], { deadline: 120 });
  const { "caravan:network": own } = (await stackConfig("mini")) as { "caravan:network": Record<string, unknown> };
  cluster = await createCluster(STACK, 3, {
    "caravan:network": { ...own, router },
    "caravan:pools": { near: one, far: { ...one, network: { networkId, subnetId, cidr: CIDR } } },
  });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await removeOutside();
});

/** Returns the only node of a pool. */
async function nodeOf(pool: string): Promise<{ name: string; address: string }> {
  const pools = await stackOutput<Record<string, { name: string; address: string }[]>>(cluster.stack, "pools");
  return pools[pool]![0]!;
}

it("gives the pool's node an address of the subnet, at which Kubernetes knows it", async () => {
  const { name, address } = await nodeOf("far");
  const addresses = await cluster.kubectl(["get", "node", name, "-o", 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}']);
  expect([address, addresses]).toEqual([expect.stringMatching(/^10\.52\.0\.\d+$/), address]);
});

it("lets pods in both networks reach each other by DNS names, and runs commands in both", async () => {
  expect(await checkTraffic(cluster.kubectl)).toEqual([(await nodeOf("far")).name, (await nodeOf("near")).name].sort());
});

it("shows logs of pods in the second network", async () => {
  const { name } = await nodeOf("far");
  const of = ["--namespace", "kube-system", "--selector", "k8s-app=cilium"];
  const [pod] = (await cluster.kubectl(["get", "pods", ...of, "--field-selector", `spec.nodeName=${name}`, "--output", "name"])).split(
    "\n",
  );
  const log = await cluster.kubectl(["logs", "--namespace", "kube-system", pod!, "--container", "cilium-agent", "--tail", "1"]);
  expect(log.trim()).not.toBe("");
});

it("has no changes in the next run", async () => {
  expect(await up(cluster.stack)).toEqual({ same: expect.any(Number) });
});

/** Removes the objects of this scenario, or of an earlier one that was interrupted. */
async function removeOutside(): Promise<void> {
  for (const args of [
    ["router", "remove", "subnet", OUTSIDE, OUTSIDE],
    ["router", "delete", OUTSIDE],
    ["network", "delete", OUTSIDE],
  ])
    await onDevcloud(["openstack", ...args], { deadline: 120 }).catch(() => {});
}
