import { expect, it } from "vitest";
import { type AddOnPod, speakerOf, troubleOf } from "../../../lib/add-ons/pod-trouble.ts";

const metadata = { name: "web-1", namespace: "kube-system" };
const on = (status: NonNullable<AddOnPod["status"]>): AddOnPod => ({ metadata, spec: { nodeName: "worker-0" }, status });
const container = (rest: object) => on({ phase: "Running", containerStatuses: [{ name: "web", ready: false, ...rest }] });

const PULL = 'Back-off pulling image "registry.k8s.io/none:v1"';
const noImage = container({ state: { waiting: { reason: "ImagePullBackOff", message: PULL } } });
const crashed = { terminated: { reason: "Error", exitCode: 1 } };
const looping = container({ state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: crashed });
const unready = container({ state: {} });

it("says why a pod does not run", () => {
  expect(troubleOf(noImage)).toBe(`pod kube-system/web-1 on worker-0 is not ready: container web: ImagePullBackOff (${PULL})`);
  expect(troubleOf(looping)).toBe("pod kube-system/web-1 on worker-0 is not ready: container web: CrashLoopBackOff; Error, exit code 1");
  expect(troubleOf(container({ state: crashed }))).toBe(
    "pod kube-system/web-1 on worker-0 is not ready: container web: Error, exit code 1",
  );
  expect(troubleOf(unready)).toBe("pod kube-system/web-1 on worker-0 is not ready: container web: it runs, and is not ready");
  expect(troubleOf(on({ phase: "Pending" }))).toBe("pod kube-system/web-1 on worker-0 is not ready: it is Pending");
});

it("says why a pod has no node", () => {
  const message = "0/1 nodes are available: 1 node(s) had untolerated taint(s).";
  const pod = { metadata, status: { conditions: [{ type: "PodScheduled", status: "False", message }] } };
  expect(troubleOf(pod)).toBe(`pod kube-system/web-1 has no node: ${message}`);
  expect(troubleOf({ metadata })).toBe("pod kube-system/web-1 has no node: the scheduler has not seen it yet");
});

it("says nothing of a pod that is ready", () => {
  expect(troubleOf(on({ conditions: [{ type: "Ready", status: "True" }] }))).toBeUndefined();
});

it("names the container whose log says more: the one of before, when it waits to be started again", () => {
  expect(speakerOf(noImage)).toBeUndefined();
  expect(speakerOf({ metadata })).toBeUndefined();
  expect(speakerOf(looping)).toEqual({ container: "web", previous: true });
  expect(speakerOf(unready)).toEqual({ container: "web", previous: false });
  expect(speakerOf(container({ state: crashed }))).toEqual({ container: "web", previous: false });
});
