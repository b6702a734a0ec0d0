import { setTimeout } from "node:timers/promises";
import type { ClusterAccess } from "../../clients/kubernetes/access.ts";
import { Kubernetes, KubernetesError } from "../../clients/kubernetes/client.ts";
import { ADD_ON_LABEL } from "../../lib/add-ons/object.ts";
import { FLANNEL_NAMESPACE } from "../../lib/cni/flannel-values.ts";
import type { Answer, ClusterObjects, Observations } from "../../lib/health/observations.ts";

/** Timeout of one request in seconds. */
const SECONDS = 15;

/** Number of tries of a request that fails, and the seconds between them: one failure is not yet a finding. */
const TRIES = 3;
const PAUSE_SECONDS = 2;

/** Namespaces of the cluster's own workloads. */
const NAMESPACES = ["kube-system", FLANNEL_NAMESPACE.name];

/** Path of the record of backups, which the members of a stacked etcd write. */
const BACKUP_RECORD = "/api/v1/namespaces/kube-system/configmaps/caravan-etcd-backup";

/** Asks a Kubernetes API for its health, the Nodes, and what runs of the cluster itself. */
export async function askApi(access: ClusterAccess): Promise<NonNullable<Observations["api"]>> {
  const kubernetes = new Kubernetes(access, SECONDS);
  const readyz = await answerOf(() => kubernetes.readyz());
  // An API that does not answer this would have each list wait for its time-out.
  const objects = "unknown" in readyz ? readyz : await answerOf(() => readObjects(kubernetes));
  return { server: access.server, readyz, objects };
}

async function readObjects(kubernetes: Kubernetes): Promise<ClusterObjects> {
  const [version, nodes, pods, daemonSets, deployments, apiServices, backup] = await Promise.all([
    kubernetes.get<{ gitVersion: string }>("/version"),
    kubernetes.list<ClusterObjects["nodes"][number]>("/api/v1/nodes"),
    kubernetes.list<ClusterObjects["pods"][number]>("/api/v1/namespaces/kube-system/pods", "tier=control-plane"),
    workloads<ClusterObjects["daemonSets"][number]>(kubernetes, "daemonsets"),
    workloads<ClusterObjects["deployments"][number]>(kubernetes, "deployments"),
    kubernetes.list<ClusterObjects["apiServices"][number]>("/apis/apiregistration.k8s.io/v1/apiservices", ADD_ON_LABEL),
    kubernetes.get<{ data?: NonNullable<ClusterObjects["backup"]> }>(BACKUP_RECORD),
  ]);
  const record = backup?.data === undefined ? {} : { backup: backup.data };
  return { version: version?.gitVersion ?? "", nodes, pods, daemonSets, deployments, apiServices, ...record };
}

/** Lists the cluster's own workloads of a kind: those of its namespaces, and those of add-ons, wherever they are. */
async function workloads<T extends { metadata: { namespace: string } }>(kubernetes: Kubernetes, kind: string): Promise<T[]> {
  const paths = NAMESPACES.map((namespace) => `/apis/apps/v1/namespaces/${namespace}/${kind}`);
  const [addOns, ...own] = await Promise.all([
    kubernetes.list<T>(`/apis/apps/v1/${kind}`, ADD_ON_LABEL),
    ...paths.map((path) => kubernetes.list<T>(path)),
  ]);
  return [...own.flat(), ...addOns.filter(({ metadata }) => !NAMESPACES.includes(metadata.namespace))];
}

/** Returns the answer to a request, after some tries, or the reason why there is none. */
async function answerOf<T>(ask: () => Promise<T>, tries = TRIES): Promise<Answer<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    const isRefusal = error instanceof KubernetesError && error.status < 500 && error.status !== 429;
    if (tries === 1 || isRefusal) return { unknown: error instanceof Error ? error.message || String(error) : String(error) };
    await setTimeout(PAUSE_SECONDS * 1000);
    return answerOf(ask, tries - 1);
  }
}
