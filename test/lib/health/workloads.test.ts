import { expect, it } from "vitest";
import { workloadFindings } from "../../../lib/health/workloads.ts";
import { daemonSet, deployment, healthyObjects, node, SINCE } from "../../support/cluster-objects.ts";

const advice = (kind: string, name: string) =>
  `see \`kubectl -n kube-system describe ${kind} ${name}\` and \`kubectl -n kube-system get pods -o wide\``;
const condition = (type: string, status: string, reason = "") => ({ type, status, reason, lastTransitionTime: SINCE });

it("finds nothing wrong with workloads that are rolled out", () => {
  expect(workloadFindings(healthyObjects())).toEqual([]);
});

it("names DaemonSets that lack pods on ready Nodes", () => {
  const daemonSets = [daemonSet("cilium", 3, 2), daemonSet("kube-proxy", 3, 3, 1), daemonSet("cilium-envoy", 3, 0)];
  const common = { id: "workload-not-rolled-out", severity: "warning" };
  expect(workloadFindings(healthyObjects({ daemonSets }))).toEqual([
    {
      ...common,
      object: { kind: "DaemonSet", name: "kube-system/cilium" },
      reason: "of 3 pods, 2 are available and 3 up to date",
      fix: advice("daemonset", "cilium"),
    },
    {
      ...common,
      object: { kind: "DaemonSet", name: "kube-system/kube-proxy" },
      reason: "of 3 pods, 3 are available and 1 up to date",
      fix: advice("daemonset", "kube-proxy"),
    },
    {
      ...common,
      severity: "critical",
      object: { kind: "DaemonSet", name: "kube-system/cilium-envoy" },
      reason: "of 3 pods, 0 are available and 3 up to date",
      fix: advice("daemonset", "cilium-envoy"),
    },
  ]);
});

it("names no DaemonSet for the pods of Nodes that are not ready, or that are updated by hand", () => {
  const nodes = [node("demo-control-plane-0"), node("demo-web-0"), node("demo-web-1", { Ready: { status: "Unknown" } })];
  const byHand = { ...daemonSet("b", 3, 3, 0), spec: { updateStrategy: { type: "OnDelete" } } };
  expect(workloadFindings(healthyObjects({ nodes, daemonSets: [daemonSet("cilium", 3, 2, 2), byHand] }))).toEqual([]);
});

it("names Deployments that are not rolled out: without any pod, under way, and stuck", () => {
  const deployments = [
    deployment("coredns", 2, { availableReplicas: 0, conditions: [condition("Available", "False")] }),
    deployment("cilium-operator", 2, { updatedReplicas: 1, conditions: [condition("Progressing", "True", "ReplicaSetUpdated")] }),
    deployment("metrics-server", 2, { availableReplicas: 1, conditions: [condition("Progressing", "True", "NewReplicaSetAvailable")] }),
    deployment("new", 1, { observedGeneration: 0, conditions: [condition("Progressing", "False", "ProgressDeadlineExceeded")] }),
  ];
  const common = { id: "workload-not-rolled-out" };
  expect(workloadFindings(healthyObjects({ deployments }))).toEqual([
    {
      ...common,
      severity: "critical",
      object: { kind: "Deployment", name: "kube-system/coredns" },
      reason: "of 2 pods, 0 are available and 2 up to date",
      since: SINCE,
      fix: advice("deployment", "coredns"),
    },
    {
      ...common,
      severity: "info",
      object: { kind: "Deployment", name: "kube-system/cilium-operator" },
      reason: "of 2 pods, 2 are available and 1 up to date",
      fix: advice("deployment", "cilium-operator"),
    },
    {
      ...common,
      severity: "warning",
      object: { kind: "Deployment", name: "kube-system/metrics-server" },
      reason: "of 2 pods, 1 are available and 2 up to date",
      fix: advice("deployment", "metrics-server"),
    },
    {
      ...common,
      severity: "warning",
      object: { kind: "Deployment", name: "kube-system/new" },
      reason: "of 1 pods, 1 are available and 1 up to date",
      fix: advice("deployment", "new"),
    },
  ]);
});
