import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { metricsServerObjects } from "../../lib/add-ons/metrics-server.ts";
import { ApiServer } from "./support/api-server.ts";
import { Stack } from "./support/stack.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server: ApiServer;
let stack: Stack;
beforeAll(async () => {
  // Without nodes no pod runs, but all that leads to one does.
  server = await ApiServer.start(["deployment-controller", "replicaset-controller", "garbage-collector-controller"]);
  stack = await Stack.create();
});
afterAll(async () => {
  await stack?.remove();
  await server?.stop();
});

/** Makes a program whose metrics-server has further values of its Deployment. */
const program = (deployment: object) => `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { MetricsServer } from "${repositoryDir}/components/add-ons/metrics-server.ts";
const provider = new kubernetes.Provider("cluster", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
const values = { "Deployment/metrics-server": ${JSON.stringify(deployment)} };
new MetricsServer("metrics", { replicas: 2, values }, { provider });`;

/** The Deployment is not waited for. */
const unwaited = { metadata: { annotations: { "pulumi.com/skipAwait": "true" } } };

const labelled = async () => {
  const kinds = "deployment,service,serviceaccount,poddisruptionbudget,rolebinding,clusterrole,clusterrolebinding,apiservice";
  const names = await server.kubectl("get", kinds, "--all-namespaces", "--selector=caravan.dev/add-on=metricsServer", "--output=name");
  return names
    .trim()
    .split("\n")
    .filter((name) => name !== "").length;
};

it("names the add-on that does not run, and says of its pods why", async () => {
  const output = await stack.failingUp(program({ spec: { progressDeadlineSeconds: 5 } }));
  expect(output).toContain("add-on metricsServer does not run: Deployment kube-system/metrics-server");
  expect(output).toMatch(/pod kube-system\/metrics-server-\S+ has no node: the scheduler has not seen it yet/);
  expect(output).toContain("Deployment kube-system/metrics-server failed to become ready");
  expect(await server.kubectl("get", "apiservice", "v1beta1.metrics.k8s.io", "--ignore-not-found")).toBe("");
});

it("makes objects that the API takes as they are, and has no changes in the next run", async () => {
  await stack.up(program(unwaited));
  expect(await labelled()).toBe(metricsServerObjects({ kubernetesVersion: "1.36.3", nodes: 1 }, { replicas: 2 }).length);
  expect(await stack.preview(program(unwaited))).toMatch(/\d+ unchanged/);
  expect(await stack.preview(program(unwaited))).not.toMatch(/\d+ to (create|update|delete|replace)/);
});

it("updates objects that a killed run left behind, and removes all when it is turned off", async () => {
  const { urn } = await stack.resource("kubernetes:core/v1:Service");
  await stack.pulumi("state", "delete", urn, "--yes", "--target-dependents");
  await stack.up(program(unwaited));
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await labelled()).toBe(0);
});
