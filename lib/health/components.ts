import { defined } from "../defined.ts";
import type { Finding } from "./finding.ts";
import { conditionOf, isControlPlane, isReady, type NodeObject, type PodObject } from "./kubernetes-objects.ts";
import type { ClusterObjects } from "./observations.ts";

/** Components of every control plane. */
const COMPONENTS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/**
 * Judges the static pods of the control planes whose Nodes are ready. Of other Nodes, the API has only what was known before.
 * @param hasStackedEtcd true when each control plane has a member of etcd
 */
export function componentFindings({ nodes, pods }: ClusterObjects, hasStackedEtcd: boolean): Finding[] {
  const wanted = hasStackedEtcd ? [...COMPONENTS, "etcd"] : COMPONENTS;
  return nodes
    .filter((node) => isControlPlane(node) && isReady(node))
    .flatMap((node) => wanted.flatMap((component) => componentFinding(component, node, componentPod(pods, component, node))));
}

/** Finds the static pod of a component on a Node. */
export function componentPod(pods: readonly PodObject[], component: string, { metadata }: NodeObject): PodObject | undefined {
  return pods.find(({ metadata: { labels }, spec }) => labels?.component === component && spec?.nodeName === metadata.name);
}

function componentFinding(component: string, { metadata: { name } }: NodeObject, pod: PodObject | undefined): Finding[] {
  const object = { kind: component, name };
  if (pod === undefined) {
    const fix = "see the kubelet's log on the machine (`journalctl -u kubelet`) and /etc/kubernetes/manifests, then run `pulumi up`";
    return [{ id: "component-missing", severity: "critical", object, reason: "the control plane has no such pod", fix }];
  }
  if (isReady(pod)) return [];
  const [{ restartCount = 0, state = {} } = {}] = pod.status?.containerStatuses ?? [];
  const waiting = state.waiting?.reason ? ` (${state.waiting.reason})` : "";
  return [
    {
      id: "component-not-ready",
      severity: "critical",
      object,
      reason: `its pod is not ready${waiting}, after ${restartCount} ${restartCount === 1 ? "restart" : "restarts"}`,
      ...defined({ since: conditionOf(pod, "Ready")?.lastTransitionTime }),
      fix: `see \`kubectl -n kube-system logs ${pod.metadata.name} --previous\`, or /var/log/pods on the machine`,
    },
  ];
}
