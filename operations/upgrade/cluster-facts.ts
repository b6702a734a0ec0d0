import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import type { NodeObject } from "../../lib/health/kubernetes-objects.ts";
import type { TightBudget, UpgradeFacts } from "../../lib/upgrade/judge.ts";

interface Pod {
  metadata: { name: string; namespace: string; labels?: Readonly<Record<string, string>> };
  spec?: { nodeName?: string; containers?: readonly { image?: string }[] };
}

interface Budget {
  metadata: { name: string; namespace: string };
  spec?: { selector?: LabelSelector };
  status?: { disruptionsAllowed?: number; currentHealthy?: number; expectedPods?: number };
}

interface LabelSelector {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: "In" | "NotIn" | "Exists" | "DoesNotExist"; values?: readonly string[] }[];
}

/** Asks the Kubernetes API what stands against an upgrade. */
export async function upgradeFacts(kubernetes: Kubernetes): Promise<UpgradeFacts> {
  const readyz = await kubernetes.readyz();
  const [nodes, pods, budgets, metrics] = await Promise.all([
    kubernetes.list<NodeObject>("/api/v1/nodes"),
    kubernetes.list<Pod>("/api/v1/namespaces/kube-system/pods", "tier=control-plane"),
    kubernetes.list<Budget>("/apis/policy/v1/poddisruptionbudgets"),
    kubernetes.text("/metrics"),
  ]);
  const tight = budgets.filter(({ status = {} }) => (status.disruptionsAllowed ?? 0) < 1 && (status.expectedPods ?? 0) > 0);
  return {
    failedChecks: [...readyz.matchAll(/^\[-\](\S+)/gm)].map(([, check]) => check!),
    nodes,
    apiServers: versionsOf(pods, "kube-apiserver"),
    etcdMembers: versionsOf(pods, "etcd"),
    budgets: await Promise.all(tight.map((budget) => tightBudget(kubernetes, budget))),
    deprecated: deprecatedApis(metrics),
  };
}

/** Returns the versions in the images of a component's static pods. */
function versionsOf(pods: readonly Pod[], component: string): string[] {
  return pods
    .filter(({ metadata }) => metadata.labels?.component === component)
    .flatMap(({ spec }) => /:v?(\d[\w.-]*)$/.exec(spec?.containers?.[0]?.image ?? "")?.[1] ?? []);
}

async function tightBudget(kubernetes: Kubernetes, { metadata, spec, status = {} }: Budget): Promise<TightBudget> {
  const { namespace, name } = metadata;
  const pods = spec?.selector ? await kubernetes.list<Pod>(`/api/v1/namespaces/${namespace}/pods`, selectorText(spec.selector)) : [];
  return {
    name: `${namespace}/${name}`,
    isSettled: (status.currentHealthy ?? 0) >= (status.expectedPods ?? 0),
    pods: pods.map((pod) => ({ name: `${namespace}/${pod.metadata.name}`, node: pod.spec?.nodeName ?? "" })),
  };
}

/** Writes a selector as a query. An empty one selects all pods. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
  });
  return [...labels, ...expressions].join(",");
}

/** Reads from an API server's metrics which deprecated APIs clients have asked for. One without a release of its removal stays. */
function deprecatedApis(metrics: string): UpgradeFacts["deprecated"] {
  const found = [...metrics.matchAll(/^apiserver_requested_deprecated_apis\{(.*)\} [1-9]/gm)].map(([, labels]) => {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels!)?.[1] ?? "";
    return {
      api: [label("group"), label("version"), label("resource")].filter((part) => part !== "").join("/"),
      removedIn: label("removed_release"),
    };
  });
  return [...new Map(found.filter(({ removedIn }) => removedIn !== "").map((each) => [each.api, each])).values()];
}
