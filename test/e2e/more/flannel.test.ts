import { afterAll, beforeAll, expect, it } from "vitest";
import { pulumi, stackConfig, stackOutput } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, up } from "../support/cluster.ts";

const STACK = "e2e-flannel";
const CHANGES = {
  "caravan:cni": { type: "flannel", repository: "http://127.0.0.1:8879" },
  // devcloud's nodes are containers, which cannot change the machine's limit of connections.
  "caravan:kubeProxy": { configuration: { conntrack: { maxPerCore: 0 } } },
};

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 3, CHANGES);
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

it("implements Services with kube-proxy, by nftables", async () => {
  const { kubectl } = cluster;
  await kubectl(["-n", "kube-system", "rollout", "status", "daemonset/kube-proxy", "deployment/coredns", "--timeout=120s"]);
  const log = await kubectl(["-n", "kube-system", "logs", "daemonset/kube-proxy"]);
  expect(log).toContain("Using nftables Proxier");
});

it("connects pods on different nodes through Services by DNS name", async () => {
  const workers = (await stackOutput<Record<string, { name: string }[]>>(cluster.stack, "pools")).default!;
  expect(await checkTraffic(cluster.kubectl)).toEqual(workers.map(({ name }) => name).sort());
});

it("leaves space for VXLAN in the packets of a tenant network", async () => {
  const subnet = await cluster.kubectl(["-n", "kube-flannel", "exec", "daemonset/kube-flannel-ds", "--", "cat", "/run/flannel/subnet.env"]);
  expect(subnet).toContain("FLANNEL_MTU=1400\n");
});

it("has no changes in the next run", async () => {
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("refuses another network plugin before any change", async () => {
  await configure(STACK, { "caravan:cni": (await stackConfig("mini"))["caravan:cni"] });
  const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 120 }));
  await configure(STACK, CHANGES);
  expect(failure).toContain(
    'cni.type: "cilium" is not what this cluster was made with, "flannel", and it cannot be changed in place; put "flannel" back, or make a new cluster',
  );
});
