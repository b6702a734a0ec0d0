import { setTimeout as delay } from "node:timers/promises";
import { say } from "../../../devcloud/support/progress.ts";
import { ApiRefusal, type KubernetesApi } from "../../hollow-nodes/kubernetes-api.ts";
import { metricSum } from "./metrics.ts";
import { SCHEDULER_PORT } from "./ports.ts";
import { type PodRates, podRates } from "./rates.ts";
import { deployment, planDeployments } from "./workload.ts";

/** Pods of each reported rate. */
const CHUNK = 10_000;

/** Pods in one answer of the API. All 50,000 would be more text than Node.js can hold. */
const PAGE = 2_000;

const NAMESPACE_SECONDS = 300;

/** Milliseconds between checks. The rates do not depend on it, since pods record when they became ready. */
const PAUSE = 3_000;

interface Pod {
  status: { phase: string; conditions?: { type: string; status: string; lastTransitionTime: string }[] };
}

interface Page {
  metadata: { continue?: string };
  items: Pod[];
}

export interface PodsPhaseArgs {
  client: KubernetesApi;
  pods: number;
  /** Seconds after which the run ends, even if not all pods run. */
  limit: number;
  /** Checks that all processes still run, and throws otherwise. */
  check(): void;
}

/** Creates namespaces that are ready for pods, which need the namespace's service account. */
export async function makeNamespaces(client: KubernetesApi, pods: number): Promise<void> {
  const names = new Set(planDeployments(pods).map(({ namespace }) => namespace));
  const create = (name: string) => client.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await Promise.all([...names].map(create));
  const deadline = Date.now() + NAMESPACE_SECONDS * 1000;
  const missing = async () => {
    const { items } = await client.get<{ items: { metadata: { namespace: string } }[] }>("/api/v1/serviceaccounts");
    return [...names].filter((name) => !items.some(({ metadata }) => metadata.namespace === name));
  };
  for (let left = await missing(); left.length > 0; left = await missing()) {
    if (Date.now() > deadline)
      throw new Error(`${left.length} namespaces have no service account after ${NAMESPACE_SECONDS} s: ${left.join(", ")}`);
    await delay(500);
  }
}

/** Creates the Deployments, and waits until all their pods run or the time is over. Returns the start time. */
export async function makePods({ client, pods, limit, check }: PodsPhaseArgs): Promise<number> {
  const start = Date.now();
  const over = () => Date.now() - start > limit * 1000;
  const plan = planDeployments(pods);
  const create = (each: (typeof plan)[number]) => client.create(`/apis/apps/v1/namespaces/${each.namespace}/deployments`, deployment(each));
  await Promise.all(plan.map(create));
  // The scheduler's own count: repeated lists of all pods would be load that no cluster has.
  for (let bound = 0; bound < pods && !over(); bound = (await boundPods(client)) ?? bound) {
    say(`${bound} of ${pods} pods have a node`);
    check();
    await delay(PAUSE);
  }
  while (!over() && (await hasPendingPods(client))) await delay(PAUSE);
  return start;
}

/** Returns how fast the running pods became ready after the start. */
export async function ratesSince(client: KubernetesApi, start: number): Promise<PodRates> {
  return podRates(await readyMoments(client, start), CHUNK);
}

/** Returns the number of pods with a node, or undefined while the scheduler is too busy to authorize the request. */
async function boundPods(client: KubernetesApi): Promise<number | undefined> {
  try {
    const text = await client.componentMetrics(SCHEDULER_PORT);
    return metricSum(text, "scheduler_schedule_attempts_total", ({ result }) => result === "scheduled");
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 500) return undefined;
    throw error;
  }
}

async function hasPendingPods(client: KubernetesApi): Promise<boolean> {
  const { items } = await client.get<Page>("/api/v1/pods?fieldSelector=status.phase!=Running&limit=1");
  return items.length > 0;
}

/** Returns when each running pod became ready, in seconds since the start. */
async function readyMoments(client: KubernetesApi, start: number): Promise<number[]> {
  const moments: number[] = [];
  let next: string | undefined = "";
  while (next !== undefined) {
    const page: Page = await client.get(`/api/v1/pods?limit=${PAGE}&continue=${encodeURIComponent(next)}`);
    moments.push(...page.items.flatMap((pod) => readyAt(pod, start)));
    next = page.metadata.continue || undefined;
  }
  return moments;
}

function readyAt({ status }: Pod, start: number): number[] {
  const ready = status.conditions?.find(({ type, status: value }) => type === "Ready" && value === "True");
  return status.phase === "Running" && ready ? [Math.max(0, (Date.parse(ready.lastTransitionTime) - start) / 1000)] : [];
}
