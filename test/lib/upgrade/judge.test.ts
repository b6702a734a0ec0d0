import { expect, it } from "vitest";
import type { NodeObject } from "../../../lib/health/kubernetes-objects.ts";
import { judgeUpgrade, judgeVersions, type UpgradeFacts } from "../../../lib/upgrade/judge.ts";
import { wantedVersions } from "../../../lib/upgrade/wanted-versions.ts";

const node = (name: string, { kubelet = "v1.36.3", ready = "True", controlPlane = false } = {}): NodeObject => ({
  metadata: { name, labels: controlPlane ? { "node-role.kubernetes.io/control-plane": "" } : {} },
  status: { conditions: [{ type: "Ready", status: ready }], nodeInfo: { kubeletVersion: kubelet } },
});

const WELL: UpgradeFacts = {
  failedChecks: [],
  nodes: [node("web-0", { controlPlane: true }), node("worker-1")],
  apiServers: ["1.36.3", "1.36.3"],
  etcdMembers: ["3.6.8-0"],
  budgets: [],
  deprecated: [],
};
const TO = { kubernetes: "1.37.2", etcd: "3.6.11-0" };
const judge = (facts: Partial<UpgradeFacts>, to = TO) => judgeUpgrade(to, { ...WELL, ...facts });

it("has nothing against the upgrade of a cluster that is well", () => {
  expect(judge({})).toEqual({ obstacles: [], warnings: [] });
  expect(judgeVersions({ kubernetes: "1.36.3" }, TO)).toEqual([]);
});

it("refuses a step that Kubernetes does not allow, by the versions alone", () => {
  expect(judgeVersions({ kubernetes: "1.35.4" }, TO)).toEqual([
    "the cluster runs Kubernetes 1.35.4, and 1.37.2 is more than one minor version later; upgrade to 1.36 first",
  ]);
});

it("names all obstacles at once", () => {
  const budget = { name: "shop/web", isSettled: true, pods: [1, 2, 3, 4, 5].map((key) => ({ name: `shop/web-${key}`, node: "worker-1" })) };
  const facts = {
    failedChecks: ["etcd"],
    nodes: [node("web-0", { controlPlane: true, ready: "Unknown" }), node("worker-1", { kubelet: "v1.33.1" })],
    apiServers: ["1.35.4", "1.35.4"],
    budgets: [budget],
  };
  expect(judge(facts, { kubernetes: "1.37.2", etcd: "3.7.0-0" })).toEqual({
    obstacles: [
      "an API server is not ready: etcd of /readyz fails; see the logs of kube-apiserver and etcd on the control planes",
      "the cluster runs Kubernetes 1.35.4, and 1.37.2 is more than one minor version later; upgrade to 1.36 first",
      "etcd runs 3.6.8-0, and only members of 3.6.11 and later take one of 3.7.0-0 among them; run once with etcd.etcdVersion 3.6.11-0",
      "control plane web-0 is not Ready, and while it is not, no other one restarts; start it again, or replace its machine",
      "the kubelet of worker-1 is v1.33.1, more than 3 minor versions older than 1.37.2; upgrade its pool first, or remove the node",
      "PodDisruptionBudget shop/web allows no disruption, although all of its pods are healthy, so the drain of their nodes would not end: " +
        "shop/web-1 on worker-1, shop/web-2 on worker-1, shop/web-3 on worker-1, and 2 more; start more replicas, or change the budget",
    ],
    warnings: [],
  });
});

it("warns of what may pass, or does not keep nodes from their upgrade", () => {
  const facts = {
    nodes: [node("web-0", { controlPlane: true }), node("worker-1", { ready: "False" })],
    budgets: [{ name: "shop/web", isSettled: false, pods: [{ name: "shop/web-1", node: "worker-1" }] }],
    deprecated: [
      { api: "flowcontrol.apiserver.k8s.io/v1beta3/flowschemas", removedIn: "1.37" },
      { api: "example.com/v1/things", removedIn: "1.38" },
    ],
  };
  expect(judge(facts)).toEqual({
    obstacles: [],
    warnings: [
      "node worker-1 is not Ready, and counts as unavailable in its pool; start it again, or replace its machine",
      "PodDisruptionBudget shop/web allows no disruption now, so the drain of their nodes would not end: shop/web-1 on worker-1; " +
        "start more replicas, or change the budget",
      "clients have asked for flowcontrol.apiserver.k8s.io/v1beta3/flowschemas, which Kubernetes 1.37 no longer has; change them before",
    ],
  });
});

it("ignores a budget whose pods are on nodes that are not drained any more", () => {
  const nodes = [node("worker-1", { kubelet: "v1.37.2" })];
  const budgets = [{ name: "shop/web", isSettled: true, pods: [{ name: "shop/web-1", node: "worker-1" }] }];
  expect(judge({ nodes, budgets })).toEqual({ obstacles: [], warnings: [] });
});

it("knows the versions that a cluster's arguments ask for", () => {
  const given = { network: { cidr: "10.40.0.0/16" }, controlPlane: { machine: { image: "a", flavor: "b" } } } as never as Parameters<
    typeof wantedVersions
  >[0];
  expect(wantedVersions(given)).toEqual({ kubernetes: "1.36.3" });
  expect(wantedVersions({ ...given, kubernetesVersion: "1.37.2" })).toEqual(TO);
  expect(wantedVersions({ ...given, kubernetesVersion: "1.37.2", etcd: { topology: "stacked", etcdVersion: "3.7.0-0" } })).toEqual({
    kubernetes: "1.37.2",
    etcd: "3.7.0-0",
  });
});
