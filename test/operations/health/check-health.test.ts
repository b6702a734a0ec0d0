import { expect, it, vi } from "vitest";
import { checkHealth } from "../../../operations/health/check-health.ts";
import type { ReadableStack } from "../../../operations/health/target.ts";
import type { StackState } from "../../../operations/state/stack-state.ts";
import { deployment, LONG_AGO, node, SINCE } from "../../support/cluster-objects.ts";
import { CONTROL_PLANE, serverUrn, WORKERS } from "../../support/health-stack.ts";
import { useHealthyCluster } from "../../support/healthy-cluster.ts";
import { resource, stateOf, urnOf } from "../../support/stack-state.ts";

const cluster = useHealthyCluster();

/** Stack of the Automation API with a state, and with what a configuration says. */
const stackOf = (state: StackState, config: Record<string, { value: string }> = {}): ReadableStack => ({
  exportStack: async () => state,
  getAllConfig: async () => config,
});
const demo = () => stackOf(cluster.state);
const worker = (name: string) => ({ kind: "worker", name, id: `id-${name}`, urn: serverUrn(name) });

it("finds nothing in a healthy cluster, asks OpenStack for one listing, and changes nothing", async () => {
  expect(await checkHealth(demo())).toEqual({
    cluster: "demo",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    findings: [],
    unchecked: [],
    exitCode: 0,
  });
  expect(cluster.cloud.requests).toEqual(["POST /v3/auth/tokens", "GET /compute/servers/detail"]);
  expect([...new Set(cluster.api.requests.map((request) => request.split("?")[0]))].sort()).toEqual([
    "GET /api/v1/namespaces/kube-system/configmaps/caravan-etcd-backup",
    "GET /api/v1/namespaces/kube-system/pods",
    "GET /api/v1/nodes",
    "GET /apis/apiregistration.k8s.io/v1/apiservices",
    "GET /apis/apps/v1/daemonsets",
    "GET /apis/apps/v1/deployments",
    "GET /apis/apps/v1/namespaces/kube-flannel/daemonsets",
    "GET /apis/apps/v1/namespaces/kube-flannel/deployments",
    "GET /apis/apps/v1/namespaces/kube-system/daemonsets",
    "GET /apis/apps/v1/namespaces/kube-system/deployments",
    "GET /readyz",
    "GET /version",
  ]);
});

it("names an add-on of the stack that somebody has deleted, and one whose pods do not run", async () => {
  const labels = { "caravan.dev/add-on": "metricsServer" };
  const metadata = { name: "metrics-server", namespace: "kube-system", labels };
  const { deployment: parts } = cluster.state;
  const made = resource("Deployment", "demo-metrics-server", { inputs: { metadata } });
  const stack = stackOf(stateOf([...parts!.resources!, made]));
  const found = async () => (await checkHealth(stack)).findings.map(({ id, object, reason }) => `${id} ${object.name}: ${reason}`);
  expect(await found()).toEqual(["add-on-unavailable metricsServer: Deployment kube-system/metrics-server is gone"]);
  const server = deployment("metrics-server", 1, { availableReplicas: 0 });
  const own = [deployment("coredns", 2), { ...server, metadata: { ...server.metadata, labels } }];
  cluster.api.answers.set("/apis/apps/v1/namespaces/kube-system/deployments", own);
  expect(await found()).toEqual([
    "add-on-unavailable metricsServer: Deployment kube-system/metrics-server: of 1 pods, 0 are available and 1 up to date",
  ]);
});

it("names a server that is gone, a worker that does not report, and a pod that is not ready", async () => {
  cluster.cloud.objects.servers = cluster.cloud.objects.servers!.filter(({ name }) => name !== WORKERS[0]);
  cluster.api.answers.set("/api/v1/nodes", [node(CONTROL_PLANE), ...WORKERS.map((name) => node(name, { Ready: { status: "Unknown" } }))]);
  cluster.api.answers.set("/api/v1/namespaces/kube-system/pods", []);
  const { findings, ...report } = await checkHealth(demo());
  expect(report).toMatchObject({ unchecked: [], exitCode: 1 });
  const missing = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];
  expect(findings.slice(0, 4).map(({ id, object }) => [id, object])).toEqual(
    missing.map((kind) => ["component-missing", { kind, name: CONTROL_PLANE }]),
  );
  expect(findings.slice(4)).toEqual([
    {
      id: "server-lost",
      severity: "warning",
      object: worker(WORKERS[0]),
      reason: "OpenStack has no such server any more",
      since: SINCE,
      fix: "run `pulumi up`, which recreates it",
    },
    {
      id: "node-not-ready",
      severity: "warning",
      object: worker(WORKERS[1]),
      reason: "its kubelet does not report",
      since: SINCE,
      fix: `look at it over SSH (\`systemctl status kubelet\`, \`journalctl -u kubelet\`), or replace it with \`pulumi up --replace '${serverUrn(WORKERS[1])}'\``,
    },
  ]);
});

it("names certificates of the state and of the API that end soon, and shows no key", async () => {
  await cluster.restartApi(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 362 * 24 * 60 * 60 * 1000 });
  const report = await checkHealth(demo()).finally(() => vi.useRealTimers());
  const urn = urnOf("Stash", "demo-pki-administrator");
  expect(report.findings.filter(({ object }) => object.kind === "certificate")).toEqual([
    {
      id: "certificate-expiring",
      severity: "critical",
      object: { kind: "certificate", name: "kubernetes-admin (demo-pki-administrator)", urn },
      reason: expect.stringMatching(/^it ends at \S+Z, in 2 days$/),
      fix: `run \`pulumi up\`, which signs what is due anew, or \`pulumi up --replace '${urn}'\` at once`,
    },
    {
      id: "certificate-expired",
      severity: "critical",
      object: { kind: "certificate", name: `kube-apiserver (served at ${cluster.api.url})` },
      reason: "it has ended",
      since: expect.any(String),
      fix: expect.stringContaining("`journalctl -u caravan-certificates`"),
    },
  ]);
  expect(JSON.stringify(report)).not.toMatch(/BEGIN|PRIVATE|plaintext|a2V5/);
});

it("says that neither service answers, and concludes nothing from it", async () => {
  const state = cluster.state;
  await cluster.api.stop();
  cluster.cloud.stop();
  vi.stubEnv("OS_AUTH_URL", "http://nowhere.invalid");
  const { findings, ...report } = await checkHealth(stackOf(state));
  expect(report).toMatchObject({ unchecked: ["kubernetes", "openstack"], exitCode: 2 });
  expect(findings.map(({ id, object, reason }) => [id, object.name, reason])).toEqual([
    ["api-unreachable", cluster.api.url, expect.stringMatching(/ECONNREFUSED/)],
    ["openstack-unreachable", "servers", expect.stringContaining("its host name does not exist")],
  ]);
});

it("retries an API that fails for a moment, and not one that refuses", async () => {
  cluster.api.refusals.set("/api/v1/nodes", [503]);
  expect((await checkHealth(demo())).findings).toEqual([]);
  cluster.api.refusals.set("/readyz", [401, 401]);
  expect((await checkHealth(demo())).findings).toMatchObject([{ id: "api-unreachable", reason: "GET /readyz: 401 refused by the test" }]);
  expect(cluster.api.refusals.get("/readyz")).toEqual([401]);
});

it("reads what an API server that is not ready says", async () => {
  cluster.api.answers.set("/readyz", "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n");
  cluster.api.refusals.set("/readyz", [500]);
  expect(await checkHealth(demo())).toMatchObject({
    findings: [{ id: "api-not-ready", reason: "an API server is not ready: etcd of /readyz fails" }],
    exitCode: 1,
  });
});

it("uses the cloud of the stack's configuration, or the one that is given", async () => {
  vi.stubEnv("OS_AUTH_URL", undefined);
  const config = { "openstack:authUrl": { value: cluster.cloud.url }, "caravan:name": { value: "demo" } };
  expect((await checkHealth(stackOf(cluster.state, config))).findings).toEqual([]);
  const [finding] = (await checkHealth(stackOf(cluster.state, config), { cloud: "other" })).findings;
  expect(finding).toMatchObject({ id: "openstack-unreachable", reason: expect.stringContaining("clouds.yaml") });
});

it("checks by a kubeconfig alone what the API knows", async () => {
  cluster.api.answers.set("/api/v1/nodes", [node(CONTROL_PLANE), node("other-0", { Ready: { status: "Unknown" } })]);
  const report = await checkHealth({ kubeconfig: cluster.api.kubeconfig }, { cluster: "demo" });
  expect(report).toMatchObject({ cluster: "demo", findings: [{ id: "node-not-ready", object: { kind: "Node", name: "other-0" } }] });
  expect(cluster.cloud.requests).toEqual([]);
});

it("checks the servers alone in a stack without a control plane, and says when an up has not ended", async () => {
  const { deployment } = cluster.state;
  const others = deployment!.resources!.filter(({ type }) => !["caravan:index:KubernetesCluster", "pulumi:index:Stash"].includes(type));
  expect((await checkHealth(stackOf(stateOf(others)))).findings).toMatchObject([
    { id: "api-unreachable", reason: "the stack's state has no kubeconfig; run `pulumi up` to its end" },
  ]);
  const workers = others.filter(({ parent = "" }) => parent.includes("NodePool"));
  cluster.cloud.objects.servers = cluster.cloud.objects.servers!.map((server) => ({ ...server, status: "SHUTOFF", updated: LONG_AGO }));
  expect((await checkHealth(stackOf(stateOf(workers)))).findings.map(({ id, object }) => [id, object.name])).toEqual(
    WORKERS.map((name) => ["server-stopped", name]),
  );
});

it("needs the name of a cluster where a stack has several, or none of that name", async () => {
  const { deployment } = cluster.state;
  const other = resource("Instance", "web-9", {
    id: "id-9",
    parent: urnOf("NodePool", "web"),
    inputs: { metadata: { "caravan-cluster": "web" } },
  });
  const both = stackOf(stateOf([...deployment!.resources!, other]));
  await expect(checkHealth(both)).rejects.toThrow("the stack has the clusters demo, web; name one of them");
  await expect(checkHealth(both, { cluster: "demi" })).rejects.toThrow(
    'the stack has no cluster "demi"; it has demo, web, so name one of these',
  );
  expect((await checkHealth(both, { cluster: "demo" })).findings).toEqual([]);
  await expect(checkHealth(stackOf(stateOf([])))).rejects.toThrow("the stack has no cluster of this library");
});
