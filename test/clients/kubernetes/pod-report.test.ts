import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { clusterAccess } from "../../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../../clients/kubernetes/client.ts";
import { podReport } from "../../../clients/kubernetes/pod-report.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";

const PODS = "/api/v1/namespaces/kube-system/pods";
const DEPLOYMENT = {
  kind: "Deployment",
  metadata: { name: "web", namespace: "kube-system" },
  spec: { selector: { matchLabels: { app: "web", tier: "front" } } },
};

let api: FakeKubernetesApi;
beforeAll(async () => {
  api = await FakeKubernetesApi.start(await createCa("demo"));
});
afterAll(() => api?.stop());
beforeEach(() => {
  api.answers.clear();
  api.requests.length = 0;
});

const report = () => podReport(new Kubernetes(clusterAccess(api.kubeconfig)), DEPLOYMENT);
const pod = (name: string, container: object) => ({
  metadata: { name, namespace: "kube-system" },
  spec: { nodeName: "worker-0" },
  status: { phase: "Running", containerStatuses: [{ name: "web", ready: false, ...container }] },
});
const looping = { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: { reason: "Error", exitCode: 2 } } };

it("tells why pods do not run, with the last lines of the program that ended", async () => {
  api.answers.set(PODS, [pod("web-1", looping)]);
  api.answers.set(`${PODS}/web-1/log`, "panic: no such flag\nexit\n");
  expect(await report()).toEqual([
    "pod kube-system/web-1 on worker-0 is not ready: container web: CrashLoopBackOff; Error, exit code 2",
    "  panic: no such flag",
    "  exit",
  ]);
  expect(api.requests).toEqual([
    `GET ${PODS}?limit=250&labelSelector=app%3Dweb%2Ctier%3Dfront`,
    `GET ${PODS}/web-1/log?container=web&tailLines=10&previous=true`,
  ]);
});

it("tells of an image that cannot be pulled, of which no log says anything", async () => {
  const message = 'Back-off pulling image "registry.k8s.io/none:v1"';
  api.answers.set(PODS, [pod("web-1", { state: { waiting: { reason: "ImagePullBackOff", message } } })]);
  expect(await report()).toEqual([`pod kube-system/web-1 on worker-0 is not ready: container web: ImagePullBackOff (${message})`]);
  expect(api.requests).toHaveLength(1);
});

it("tells of two pods at most, of none that is ready, and of one whose log is gone", async () => {
  const ready = { metadata: { name: "old", namespace: "kube-system" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
  api.answers.set(PODS, [ready, pod("web-1", looping), pod("web-2", looping), pod("web-3", looping)]);
  expect((await report()).map((line) => line.split(" on ")[0])).toEqual(["pod kube-system/web-1", "pod kube-system/web-2"]);
});

it("tells why no pod may be made", async () => {
  api.answers.set(PODS, []);
  expect(await report()).toEqual(["none of its pods fails now"]);
  const conditions = [{ type: "ReplicaFailure", status: "True", message: 'pods "web-1" is forbidden: exceeded quota' }];
  api.answers.set("/apis/apps/v1/namespaces/kube-system/deployments/web", { status: { conditions } });
  expect(await report()).toEqual(['pods "web-1" is forbidden: exceeded quota']);
});
