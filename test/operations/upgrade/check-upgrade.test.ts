import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { KubernetesClusterArgs } from "../../../components/index.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import type { StackState } from "../../../operations/state/stack-state.ts";
import { checkUpgradeOf } from "../../../operations/upgrade/check-upgrade.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";
import { stateOf } from "../../support/stack-state.ts";

const URN = "urn:pulumi:test::caravan::caravan:index:KubernetesCluster";
const CLUSTER = "caravan:index:KubernetesCluster";
const STASH = "pulumi:index:Stash";

const args: KubernetesClusterArgs = {
  kubernetesVersion: "1.37.2",
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp", allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { count: 1, machine: { image: "node", flavor: "small" } },
};

let ca: KeyPair;
let api: FakeKubernetesApi;
let warnings: string[];

beforeAll(async () => {
  ca = await createCa("kubernetes", 3650);
});
beforeEach(async () => {
  api = await FakeKubernetesApi.start(ca);
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => void warnings.push(text));
  api.answers.set("/readyz", "[+]ping ok\nreadyz check passed\n");
  api.answers.set("/api/v1/nodes", [node("demo-control-plane-0", { "node-role.kubernetes.io/control-plane": "" }), node("worker-1")]);
  api.answers.set("/api/v1/namespaces/kube-system/pods", [
    pod("kube-apiserver", "v1.36.3"),
    pod("etcd", "3.6.8-0"),
    pod("kube-scheduler", "v1.36.3"),
  ]);
  api.answers.set("/apis/policy/v1/poddisruptionbudgets", []);
  api.answers.set("/metrics", "# HELP\napiserver_request_total 5\n");
});
afterEach(async () => {
  await api.stop();
  vi.restoreAllMocks();
});
afterAll(() => vi.unstubAllEnvs());

const node = (name: string, labels = {}, ready = "True") => ({
  metadata: { name, labels },
  status: { conditions: [{ type: "Ready", status: ready }], nodeInfo: { kubeletVersion: "v1.36.3" } },
});
const pod = (component: string, tag: string) => ({
  metadata: { name: component, namespace: "kube-system", labels: { component } },
  spec: { containers: [{ image: `registry.example.com:5000/k8s/${component}:${tag}` }] },
});

/** State of a cluster with these recorded versions. */
function state(versions: object | undefined, fixed: object = {}): StackState {
  const outputs = { kubeconfig: api.kubeconfig, ...(versions ? { versions } : {}) };
  return stateOf([
    { urn: `${URN}::demo`, type: CLUSTER, outputs },
    { urn: `${URN}$${STASH}::demo-fixed`, type: STASH, parent: `${URN}::demo`, outputs: { output: fixed } },
    { urn: `${URN}$${STASH}::demo-ca`, type: STASH, parent: `${URN}::demo`, outputs: { output: ca } },
  ]);
}

const check = (current: StackState, wanted: Partial<KubernetesClusterArgs> = {}) =>
  checkUpgradeOf("demo", { ...args, ...wanted } as KubernetesClusterArgs, { state: async () => current, secrets: async () => current });

it("asks nothing when the versions stay, or nothing is made yet", async () => {
  await check(state({ kubernetes: "1.37.2", etcd: "3.6.11-0" }));
  await check(state(undefined));
  await check(stateOf([]));
  expect([api.requests, warnings]).toEqual([[], []]);
});

it("lets the upgrade of a cluster begin that is well, and says what its network plugin is tested with", async () => {
  await check(state({ kubernetes: "1.36.3" }));
  expect(warnings).toEqual([
    "before the upgrade to Kubernetes 1.37.2 with etcd 3.6.11-0: Cilium 1.19.6 is tested by its project with Kubernetes up to 1.35, and not with 1.37.2",
  ]);
  expect(api.requests.map((request) => request.replace(/[?&]limit=250/, ""))).toEqual([
    "GET /readyz?verbose=true",
    "GET /api/v1/nodes",
    "GET /api/v1/namespaces/kube-system/pods&labelSelector=tier%3Dcontrol-plane",
    "GET /apis/policy/v1/poddisruptionbudgets",
    "GET /metrics",
  ]);
});

it("refuses it with all obstacles at once, in which API and state agree", async () => {
  api.answers.set("/readyz", "[-]etcd failed: reason withheld\n[+]ping ok\n");
  api.answers.set("/api/v1/nodes", [
    node("demo-control-plane-0", { "node-role.kubernetes.io/control-plane": "" }, "Unknown"),
    node("worker-1"),
  ]);
  const selector = { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "In", values: ["a", "b"] }] };
  const budget = { metadata: { name: "web", namespace: "shop" }, spec: { selector } };
  api.answers.set("/apis/policy/v1/poddisruptionbudgets", [
    { ...budget, status: { disruptionsAllowed: 0, currentHealthy: 2, expectedPods: 2 } },
    { metadata: { name: "loose", namespace: "shop" }, spec: { selector }, status: { disruptionsAllowed: 1, expectedPods: 2 } },
  ]);
  api.answers.set("/api/v1/namespaces/shop/pods", [{ metadata: { name: "web-1", namespace: "shop" }, spec: { nodeName: "worker-1" } }]);
  await expect(check(state({ kubernetes: "1.36.3" }), { etcd: { topology: "stacked", etcdVersion: "3.7.0-0" } })).rejects.toThrow(
    [
      'Kubernetes cluster "demo" cannot be upgraded from Kubernetes 1.36.3 to Kubernetes 1.37.2 with etcd 3.7.0-0 now, and nothing was changed:',
      "  an API server is not ready: etcd of /readyz fails; see the logs of kube-apiserver and etcd on the control planes",
      "  etcd runs 3.6.8-0, and only members of 3.6.11 and later take one of 3.7.0-0 among them; run once with etcd.etcdVersion 3.6.11-0",
      "  control plane demo-control-plane-0 is not Ready, and while it is not, no other one restarts; start it again, or replace its machine",
      "  PodDisruptionBudget shop/web allows no disruption, although all of its pods are healthy, so the drain of their nodes would not end: " +
        "shop/web-1 on worker-1; start more replicas, or change the budget",
    ].join("\n"),
  );
  expect(api.requests).toContain("GET /api/v1/namespaces/shop/pods?limit=250&labelSelector=app%3Dweb%2Ctier+in+%28a%2Cb%29");
});

it("warns of deprecated APIs that clients still ask for", async () => {
  const metric = (group: string, release: string, count: number) =>
    `apiserver_requested_deprecated_apis{group="${group}",removed_release="${release}",resource="flowschemas",subresource="",version="v1beta3"} ${count}\n`;
  api.answers.set(
    "/metrics",
    metric("flowcontrol", "1.37", 1) + metric("later", "1.40", 1) + metric("stays", "", 1) + metric("none", "1.36", 0),
  );
  await check(state({ kubernetes: "1.36.3" }), { cni: { type: "none" } });
  expect(warnings).toEqual([
    "before the upgrade to Kubernetes 1.37.2 with etcd 3.6.11-0: clients have asked for flowcontrol/v1beta3/flowschemas, which Kubernetes 1.37 no longer has; change them before",
  ]);
});

it("refuses an impossible step even when the API does not answer, and leaves the rest to the machines", async () => {
  const current = state({ kubernetes: "1.35.4" });
  await api.stop();
  await expect(check(current, { cni: { type: "none" } })).rejects.toThrow(
    "the cluster runs Kubernetes 1.35.4, and 1.37.2 is more than one minor version later; upgrade to 1.36 first",
  );
  expect(warnings).toEqual([
    expect.stringContaining("the cluster was not asked whether it can be upgraded, so its machines alone check that: "),
  ]);
  await check(state({ kubernetes: "1.36.3" }), { cni: { type: "none" } });
});

it("takes the version of an earlier release of the library, from where that recorded it", async () => {
  await expect(check(state(undefined, { kubernetesVersion: "1.34.4" }), { cni: { type: "none" } })).rejects.toThrow(
    "from Kubernetes 1.34.4 to",
  );
});

it("warns when the state cannot be read, and leaves invalid arguments to the component", async () => {
  const unreadable = { state: () => Promise.reject(new Error("no state")), secrets: () => Promise.reject(new Error("no state")) };
  await checkUpgradeOf("demo", args, unreadable);
  await checkUpgradeOf("demo", { ...args, kubernetesVersion: "latest" }, unreadable);
  expect(warnings).toEqual(["the stack's state was not read, so an upgrade is not checked beforehand: no state"]);
});
