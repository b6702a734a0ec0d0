import { type AddOnPod, speakerOf, troubleOf } from "../../lib/add-ons/pod-trouble.ts";
import type { Condition } from "../../lib/health/kubernetes-objects.ts";
import type { Kubernetes } from "./client.ts";

/** Most pods of which is told, and lines of each pod's log. */
const MOST_PODS = 2;
const LOG_LINES = 10;

/** Workload with what finds its pods. */
interface Workload {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: { selector?: { matchLabels?: Readonly<Record<string, string>> } };
}

/** Tells why pods of a workload do not run, each with the last lines of its log. */
export async function podReport(kubernetes: Kubernetes, { kind, metadata, spec }: Workload): Promise<string[]> {
  const { namespace = "default", name } = metadata;
  const labels = Object.entries(spec?.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const pods = await kubernetes.list<AddOnPod>(`/api/v1/namespaces/${namespace}/pods`, labels.join(","));
  const failing = pods.flatMap((pod) => {
    const trouble = troubleOf(pod);
    return trouble === undefined ? [] : [{ pod, trouble }];
  });
  if (failing.length === 0) return [await obstacleOf(kubernetes, `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`)];
  const told = failing.slice(0, MOST_PODS);
  return (await Promise.all(told.map(async ({ pod, trouble }) => [trouble, ...(await lastLines(kubernetes, pod))]))).flat();
}

/** Returns why a workload has no pod that fails: none may be made, or it is only not up to date yet. */
async function obstacleOf(kubernetes: Kubernetes, path: string): Promise<string> {
  const object = await kubernetes.get<{ status?: { conditions?: readonly Condition[] } }>(path);
  const failure = object?.status?.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  return failure?.message ?? "none of its pods fails now";
}

async function lastLines(kubernetes: Kubernetes, pod: AddOnPod): Promise<string[]> {
  const speaker = speakerOf(pod);
  if (speaker === undefined) return [];
  const { namespace, name } = pod.metadata;
  const query = new URLSearchParams({ container: speaker.container, tailLines: String(LOG_LINES), previous: String(speaker.previous) });
  try {
    const text = await kubernetes.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`);
    return text
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`);
  } catch {
    // The kubelet may not answer, or may have removed the container. Why the pod does not run is known anyway.
    return [];
  }
}
