import { expect, it } from "vitest";
import { addOnFindings } from "../../../lib/health/add-ons.ts";
import { judgeHealth } from "../../../lib/health/judge.ts";
import { workloadFindings } from "../../../lib/health/workloads.ts";
import { daemonSet, deployment, healthy, healthyObjects, SINCE } from "../../support/cluster-objects.ts";

const labels = { "caravan.dev/add-on": "metricsServer" };
const own = <T extends { metadata: object }>(object: T): T => ({ ...object, metadata: { ...object.metadata, labels } });
const server = (available: number) => own(deployment("metrics-server", 2, { availableReplicas: available }));
const api = (status: string, message = "") => ({
  metadata: { name: "v1beta1.metrics.k8s.io", labels },
  status: { conditions: [{ type: "Available", status, message, lastTransitionTime: SINCE }] },
});

it("finds nothing wrong with add-ons that run, nor with what is no add-on's", () => {
  expect(addOnFindings(healthyObjects({ deployments: [server(2), deployment("coredns", 2, { availableReplicas: 0 })] }))).toEqual([]);
  expect(addOnFindings(healthyObjects({ apiServices: [api("True")] }))).toEqual([]);
});

it("names an add-on whose Deployment is not available, once, and the cluster serves without it", () => {
  const objects = healthyObjects({ deployments: [server(0)], daemonSets: [own(daemonSet("exporter", 3, 2))] });
  const found = { id: "add-on-unavailable", severity: "warning", object: { kind: "add-on", name: "metricsServer" } };
  const fix = (kind: string, name: string) =>
    `see \`kubectl -n kube-system describe ${kind} ${name}\` and \`kubectl -n kube-system get pods -o wide\``;
  expect(addOnFindings(objects)).toEqual([
    { ...found, reason: "DaemonSet kube-system/exporter: of 3 pods, 2 are available and 3 up to date", fix: fix("daemonset", "exporter") },
    {
      ...found,
      reason: "Deployment kube-system/metrics-server: of 2 pods, 0 are available and 2 up to date",
      fix: fix("deployment", "metrics-server"),
    },
  ]);
  expect(workloadFindings(objects)).toEqual([]);
});

it("names an add-on whose API does not answer, although its pods run", () => {
  const [finding] = judgeHealth(healthy({}, { apiServices: [api("False", "no response from https://10.96.0.7:443")] })).findings;
  expect(finding).toEqual({
    id: "add-on-unavailable",
    severity: "warning",
    object: { kind: "add-on", name: "metricsServer" },
    reason: "APIService v1beta1.metrics.k8s.io: no response from https://10.96.0.7:443",
    since: SINCE,
    fix: "see `kubectl describe apiservice v1beta1.metrics.k8s.io` and the log of the pods behind it",
  });
  const [unasked] = addOnFindings(healthyObjects({ apiServices: [{ metadata: { name: "v1.example.com", labels } }] }));
  expect(unasked!.reason).toBe("APIService v1.example.com: no API server has asked for it yet");
});

it("names an add-on whose workload in the stack is gone from the cluster", () => {
  const wanted = [
    { addOn: "metricsServer", kind: "Deployment", namespace: "kube-system", name: "metrics-server" },
    { addOn: "monitoring", kind: "DaemonSet", namespace: "monitoring", name: "agent" },
  ];
  const elsewhere = own({ ...daemonSet("agent", 3), metadata: { name: "agent", namespace: "other" } });
  const objects = healthyObjects({ deployments: [server(2)], daemonSets: [elsewhere] });
  expect(addOnFindings(objects, wanted)).toEqual([
    {
      id: "add-on-unavailable",
      severity: "warning",
      object: { kind: "add-on", name: "monitoring" },
      reason: "DaemonSet monitoring/agent is gone",
      fix: "run `pulumi up --refresh`, which makes it again",
    },
  ]);
});
