import * as kubernetes from "@pulumi/kubernetes";
import { Stash } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { KubernetesCluster, MetricsServer, type MetricsServerArgs } from "../../../components/index.ts";
import { metricsServerObjects } from "../../../lib/add-ons/metrics-server.ts";
import type { AddOnSettings } from "../../../lib/add-ons/settings.ts";
import { mini } from "../../support/cluster-args.ts";
import { deploy, type Registered } from "../../support/deploy.ts";

const planOf = (args: MetricsServerArgs = {}) => deploy(() => new MetricsServer("metrics", args));
const clusterWith = (addOns?: AddOnSettings) => deploy(() => new KubernetesCluster("mini", { ...mini, ...(addOns ? { addOns } : {}) }));
const imageOf = (plan: Registered[]) => {
  const deployment = plan.find(({ type }) => type.endsWith(":Deployment"))?.inputs;
  return (deployment as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec.containers[0]!.image;
};

const ACCESS = [
  "metrics-clusterrole-metrics-server",
  "metrics-clusterrole-metrics-server-reader",
  "metrics-clusterrolebinding-metrics-server",
  "metrics-clusterrolebinding-metrics-server-auth-delegator",
  "metrics-rolebinding-metrics-server-auth-reader",
  "metrics-serviceaccount-metrics-server",
];
const WORKLOAD = ["metrics-deployment-metrics-server", "metrics-poddisruptionbudget-metrics-server", "metrics-service-metrics-server"];

it("makes these objects: the program after what it may, and its API after the program", async () => {
  const plan = await planOf({ replicas: 2 });
  const rbac = "kubernetes:rbac.authorization.k8s.io/v1";
  expect(plan.map(({ type, name, parent, dependencies }) => `${type} ${name} < ${parent} after ${dependencies}`)).toEqual([
    "caravan:index:MetricsServer metrics <  after ",
    `kubernetes:apiregistration.k8s.io/v1:APIService metrics-apiservice-v1beta1.metrics.k8s.io < metrics after ${[...ACCESS, ...WORKLOAD].sort()}`,
    `${rbac}:ClusterRole metrics-clusterrole-metrics-server < metrics after `,
    `${rbac}:ClusterRole metrics-clusterrole-metrics-server-reader < metrics after `,
    `${rbac}:ClusterRoleBinding metrics-clusterrolebinding-metrics-server < metrics after `,
    `${rbac}:ClusterRoleBinding metrics-clusterrolebinding-metrics-server-auth-delegator < metrics after `,
    `kubernetes:apps/v1:Deployment metrics-deployment-metrics-server < metrics after ${ACCESS}`,
    `kubernetes:policy/v1:PodDisruptionBudget metrics-poddisruptionbudget-metrics-server < metrics after ${ACCESS}`,
    `${rbac}:RoleBinding metrics-rolebinding-metrics-server-auth-reader < metrics after `,
    `kubernetes:core/v1:Service metrics-service-metrics-server < metrics after ${ACCESS}`,
    "kubernetes:core/v1:ServiceAccount metrics-serviceaccount-metrics-server < metrics after ",
  ]);
});

it("gives Pulumi the objects as they are", async () => {
  const plan = await planOf();
  for (const object of metricsServerObjects({ kubernetesVersion: "1.36.3", nodes: 1 })) {
    const made = plan.find(({ name }) => name === `metrics-${object.kind.toLowerCase()}-${object.metadata.name}`);
    expect(made?.inputs).toEqual(object);
  }
});

it("rolls to another version by one line, and changes nothing else", async () => {
  const [before, after] = [await planOf(), await planOf({ version: "0.9.0" })];
  const changed = after.filter(
    ({ name, inputs }) => JSON.stringify(inputs) !== JSON.stringify(before.find((each) => each.name === name)?.inputs),
  );
  expect(changed.map(({ name }) => name)).toEqual(["metrics-deployment-metrics-server"]);
  expect([imageOf(before), imageOf(after)].map((image) => image.split(":").at(-1))).toEqual(["v0.8.0", "v0.9.0"]);
});

it("updates objects that an interrupted run left behind, by a provider of its own", async () => {
  const plan = await deploy(() => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "kubeconfig" });
    new MetricsServer("metrics", {}, { provider });
  });
  expect(plan.find(({ name }) => name === "metrics-objects")?.inputs).toMatchObject({
    kubeconfig: "kubeconfig",
    upsertExistingObjects: "true",
  });
});

it("refuses bad arguments, all at once and before it registers anything", async () => {
  const args = { version: "0.7.2", extraArgs: { "kubelet-insecure-tls": "true" } };
  expect(() => new MetricsServer("metrics", args)).toThrow(/^Add-on "metrics" has 2 invalid properties:\n {2}version: .*\n {2}extraArgs\./);
});

it("runs in a cluster whose configuration asks for it, and goes with the cluster", async () => {
  const without = (await clusterWith()).map(({ name }) => name);
  expect((await clusterWith({ metricsServer: false })).map(({ name }) => name)).toEqual(without);
  const plan = await clusterWith({ metricsServer: true });
  const added = plan.filter(({ name }) => !without.includes(name));
  expect(added.filter(({ parent }) => parent === "mini").map(({ type, name }) => `${type} ${name}`)).toEqual([
    "caravan:index:MetricsServer mini-metrics-server",
  ]);
  const objects = added.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(objects).toHaveLength(9);
  expect([...new Set(objects.map(({ deletedWith }) => deletedWith))]).toEqual(["mini-pki-cluster"]);
});

it("takes the settings of the cluster's configuration", async () => {
  expect(imageOf(await clusterWith({ metricsServer: { version: "0.8.1", image: "registry.example.com/m" } }))).toBe(
    "registry.example.com/m:v0.8.1",
  );
  expect(() => new KubernetesCluster("mini", { ...mini, addOns: { metricsServer: { replicas: 9 } } })).toThrow(
    "addOns.metricsServer.replicas: 9 is not allowed",
  );
});

it("comes after the nodes, so that a broken one keeps none from joining, and before users' objects", async () => {
  const plan = await deploy(() => {
    const { ready } = new KubernetesCluster("mini", { ...mini, addOns: { metricsServer: true } });
    new Stash("own", { input: "" }, { dependsOn: ready });
  });
  const dependencies = (wanted: string) => plan.find(({ name }) => name === wanted)!.dependencies;
  const nodes = ["mini-cilium", "mini-control-plane-0-kubeadm", "mini-control-plane-members", "mini-default-join-0"];
  expect(dependencies("mini-metrics-server")).toEqual(nodes);
  const objects = plan.filter(({ parent, type }) => parent === "mini-metrics-server" && !type.startsWith("pulumi:"));
  expect(dependencies("own")).toEqual([...nodes, ...objects.map(({ name }) => name)].sort());
});
