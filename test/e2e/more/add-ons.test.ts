import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { addOnSettings } from "../../../devcloud/registry/settings.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import type { HealthReport } from "../../../lib/health/judge.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up } from "../support/cluster.ts";
import { inventory } from "../support/openstack.ts";
import { BUILD_TIMEOUT } from "../support/versions.ts";

// Add-ons that the configuration turns on. Their images are built for this scenario alone, and machines have them from a mirror with a CA and a password.
const STACK = "e2e-add-ons";
const ON = { "caravan:addOns": { metricsServer: { replicas: 2 } } };
const OBJECTS = "deployment,service,serviceaccount,poddisruptionbudget,rolebinding,clusterrole,clusterrolebinding,apiservice";

/** Metrics come every 15 seconds, and metrics-server needs two rounds. */
const PATIENCE = { timeout: 120_000, interval: 3000 };

let settings: Record<string, unknown>;
let cluster: Cluster;
let destroyed = false;

beforeAll(async () => {
  settings = await addOnSettings(ON);
  cluster = await createCluster(STACK, 3, { ...settings, ...ON });
}, BUILD_TIMEOUT);

afterAll(async () => {
  if (cluster && !destroyed) await destroy(cluster.stack);
});

/** Returns what the health check finds of add-ons. The shell keeps the exit code, with which the command may fail. */
async function found(): Promise<string[]> {
  const command = `node "$0" health ${STACK} --json --cwd "$1" 2>/dev/null; true`;
  const report: HealthReport = JSON.parse(
    await onDevcloud(["bash", "-c", command, `${repositoryDir}/commands/main.ts`, cluster.stack.dir], { deadline: 180 }),
  );
  return report.findings.filter(({ object }) => object.kind === "add-on").map(({ id, object }) => `${id} ${object.name}`);
}

/** Lists the objects of add-ons, of all kinds that they have. */
const objects = async () => (await cluster.kubectl(["get", OBJECTS, "-A", "-l", "caravan.dev/add-on", "-o", "name"])).trim();

it("runs metrics-server twice, with a budget", async () => {
  await cluster.kubectl(["-n", "kube-system", "rollout", "status", "deployment/metrics-server", "--timeout=60s"]);
  const budget = ["-n", "kube-system", "get", "pdb", "metrics-server", "-o", "jsonpath={.status.disruptionsAllowed}"];
  await expect.poll(() => cluster.kubectl(budget), PATIENCE).toBe("1");
});

it("gives figures of all nodes and of pods, from kubelets whose certificates it has verified", async () => {
  await expect
    .poll(() => cluster.kubectl(["top", "nodes", "--no-headers"]).catch(String), PATIENCE)
    .toMatch(/^(\S+ +\d+m +\d+% +\d+Mi +\d+% *\n){3}$/);
  const top = (await cluster.kubectl(["top", "nodes", "--no-headers"])).trim().split("\n");
  expect(top.map((line) => line.split(/ +/)[0]).sort()).toEqual(Object.keys(await uidsOf(cluster)).sort());
  expect(await cluster.kubectl(["top", "pods", "-n", "kube-system", "--no-headers"])).toMatch(/^kube-apiserver-\S+ +\d+m +[1-9]\d*Mi/m);
  const path = "jsonpath={.spec.template.spec.containers[0].args}";
  const args = await cluster.kubectl(["-n", "kube-system", "get", "deployment", "metrics-server", "-o", path]);
  expect(args).not.toContain("insecure");
});

it("serves its API, and the health check finds nothing", async () => {
  await cluster.kubectl(["wait", "--for=condition=Available", "apiservice/v1beta1.metrics.k8s.io", "--timeout=60s"]);
  expect(await found()).toEqual([]);
});

it("scales a Deployment up under load, and down again", async () => {
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items: workload() }) });
  await cluster.kubectl(["rollout", "status", "deployment/load", "--timeout=120s"]);
  const replicas = () => cluster.kubectl(["get", "deployment", "load", "-o", "jsonpath={.spec.replicas}"]);
  expect(await replicas()).toBe("1");
  // The pod asks itself, which is work enough. It goes on for as long as it has tries left.
  const request = `/api/v1/namespaces/default/services/load:80/proxy/dial?host=127.0.0.1&port=8080&request=hostname&tries=`;
  const work = () => cluster.kubectl(["get", "--raw", `${request}20000`]).catch(() => "");
  const afterWork = async () => {
    await work();
    return replicas();
  };
  await expect.poll(afterWork, { timeout: 300_000, interval: 1000 }).toBe("3");
  await expect.poll(replicas, { timeout: 300_000, interval: 3000 }).toBe("1");
  await cluster.kubectl(["delete", "deployment,service,hpa", "-l", "app=load"]);
});

it("names the add-on whose image does not exist, with its pod's last words, and keeps the pods that run", async () => {
  const broken = { replicas: 2, version: "0.8.99", values: { "Deployment/metrics-server": { spec: { progressDeadlineSeconds: 60 } } } };
  await configure(STACK, { ...settings, "caravan:addOns": { metricsServer: broken } });
  const output = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 900 }));
  expect(output).toContain("add-on metricsServer does not run: Deployment kube-system/metrics-server");
  expect(output).toMatch(
    /pod kube-system\/metrics-server-\S+ on \S+ is not ready: container metrics-server: (ImagePullBackOff|ErrImagePull) .*v0\.8\.99/,
  );
  expect(await cluster.kubectl(["top", "nodes", "--no-headers"])).toContain(STACK);
  expect(await found()).toEqual(["add-on-unavailable metricsServer"]);
});

it("comes back with the version that exists, and has no changes in the run after", async () => {
  await configure(STACK, { ...settings, ...ON });
  expect(await up(cluster.stack)).toEqual({ update: 1, same: expect.any(Number) });
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
});

it("leaves nothing when it is turned off", async () => {
  expect(await objects()).not.toBe("");
  await configure(STACK, settings);
  await up(cluster.stack);
  expect(await objects()).toBe("");
  expect(await failureOf(cluster.kubectl(["top", "nodes"]))).toMatch(/Metrics API not available|could not find the requested resource/);
});

it("leaves nothing when the cluster is destroyed with its add-ons", async () => {
  await configure(STACK, { ...settings, ...ON });
  await up(cluster.stack);
  await destroy(cluster.stack);
  destroyed = true;
  expect(Object.values(await inventory(STACK)).flat()).toEqual([]);
});

/** A Deployment that scales at 10m of CPU for each pod, its Service, and what scales it. */
function workload(): object[] {
  const labels = { app: "load" };
  const metadata = { name: "load", labels };
  const image = `registry.k8s.io/e2e-test-images/agnhost:${tools.agnhost.version}`;
  const container = { name: "load", image, args: ["netexec", "--http-port=8080"], resources: { requests: { cpu: "20m" } } };
  const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "load" },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [cpu],
        behavior: { scaleDown: { stabilizationWindowSeconds: 15 } },
      },
    },
  ];
}
