import { expect, test } from "vitest";
import { readiness } from "../../../../devcloud/plugins/kubernetes/objects/readiness.ts";

const metadata = { generation: 2 };

function deployment(status: object, spec: object = { replicas: 2 }) {
  return readiness({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec, status } as never);
}

test("a Deployment is ready when its newest version is available everywhere and no older one remains", () => {
  const settled = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  expect(deployment(settled)).toEqual({ ready: true });
  expect(deployment({ ...settled, observedGeneration: 1 }).ready).toBe(false);
  expect(deployment({ ...settled, availableReplicas: 1 })).toEqual({
    ready: false,
    reason: "1 of 2 replicas available, 2 up to date, 0 old ones left",
  });
  expect(deployment({ ...settled, replicas: 3 }).ready).toBe(false);
  const exceeded = { type: "Progressing", reason: "ProgressDeadlineExceeded", message: "too slow" };
  expect(deployment({ observedGeneration: 2, conditions: [exceeded] })).toEqual({ ready: false, failed: true, reason: "too slow" });
  expect(deployment({ observedGeneration: 1, conditions: [exceeded] })).not.toHaveProperty("failed");
});

test.each([
  [
    "DaemonSet",
    { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
    { numberAvailable: 2 },
  ],
  ["StatefulSet", { observedGeneration: 2, readyReplicas: 2, currentRevision: "a", updateRevision: "a" }, { updateRevision: "b" }],
])("a %s is ready when all its pods are new and available", (kind, status, unfinished) => {
  const object = { apiVersion: "apps/v1", kind, metadata, spec: { replicas: 2 } };
  expect(readiness({ ...object, status } as never).ready).toBe(true);
  expect(readiness({ ...object, status: { ...status, ...unfinished } } as never).ready).toBe(false);
});

test.each([
  ["batch/v1", "Job", { conditions: [{ type: "Complete", status: "True" }] }, { ready: true }],
  ["batch/v1", "Job", { conditions: [{ type: "Failed", status: "True", message: "no" }] }, { ready: false, failed: true, reason: "no" }],
  ["v1", "Pod", { phase: "Running", conditions: [{ type: "Ready", status: "True" }] }, { ready: true }],
  ["v1", "Pod", { phase: "Succeeded" }, { ready: true }],
  ["v1", "Pod", { phase: "Failed", message: "evicted" }, { ready: false, failed: true, reason: "evicted" }],
  ["v1", "PersistentVolumeClaim", { phase: "Pending" }, { ready: false, reason: "the claim to be bound" }],
  ["networking.k8s.io/v1", "Ingress", { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } }, { ready: true }],
  ["v1", "ConfigMap", {}, { ready: true }],
])("%s %s with status %j", (apiVersion, kind, status, expected) => {
  expect(readiness({ apiVersion, kind, status } as never)).toEqual(expected);
});
