import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi } from "../../hollow-nodes/kubernetes-api.ts";
import { isReady, listNodes } from "../../hollow-nodes/nodes.ts";

const NAMESPACE = "load";
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;

/** Most pods of one Deployment. */
const LARGEST_DEPLOYMENT = 500;

interface Deployment {
  status?: { readyReplicas?: number };
}

/** Deploys this number of pods, which do nothing. */
export async function deployPods(api: KubernetesApi, pods: number): Promise<void> {
  await api.send("POST", "/api/v1/namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } } });
  const count = Math.ceil(pods / LARGEST_DEPLOYMENT);
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const replicas = Math.min(LARGEST_DEPLOYMENT, pods - ordinal * LARGEST_DEPLOYMENT);
    await api.send("POST", DEPLOYMENTS, { body: deployment(`load-${ordinal}`, replicas) });
  }
}

/** Counts the deployed pods that run and are ready. */
export async function runningPods(api: KubernetesApi): Promise<number> {
  const { items } = await api.get<{ items: Deployment[] }>(DEPLOYMENTS);
  return items.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
}

/** Counts the Nodes that are ready. */
export async function readyNodes(api: KubernetesApi): Promise<number> {
  return (await listNodes(api)).filter(isReady).length;
}

/** Waits until a number is reached, and returns the last number. */
export async function reached(wanted: number, seconds: number, count: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const number = await count();
    if (number === wanted || Date.now() > deadline) return number;
    await sleep(1000);
  }
}

function deployment(name: string, replicas: number): object {
  const labels = { app: name };
  const resources = { requests: { cpu: "10m", memory: "16Mi" } };
  const container = { name: "pause", image: "registry.k8s.io/pause:3.10", resources };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { automountServiceAccountToken: false, containers: [container] } },
    },
  };
}
