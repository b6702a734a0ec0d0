import { expect, it } from "vitest";
import { componentFindings } from "../../../lib/health/components.ts";
import { healthyObjects, node, pod, podsOf, SINCE } from "../../support/cluster-objects.ts";

const NAME = "demo-control-plane-0";
const nodes = [node(NAME), node("demo-web-0")];

it("finds nothing wrong with control planes whose pods are ready, with or without etcd on them", () => {
  expect(componentFindings(healthyObjects(), true)).toEqual([]);
  const withoutEtcd = podsOf(NAME).filter(({ metadata }) => metadata.labels?.component !== "etcd");
  expect(componentFindings(healthyObjects({ nodes, pods: withoutEtcd }), false)).toEqual([]);
});

it("names pods that are missing or not ready", () => {
  const waiting = { containerStatuses: [{ restartCount: 7, state: { waiting: { reason: "CrashLoopBackOff" } } }] };
  const pods = [
    pod("kube-apiserver", NAME),
    pod("kube-controller-manager", NAME, "False", waiting),
    pod("etcd", NAME, "False", { containerStatuses: [{ restartCount: 1, state: {} }] }),
  ];
  expect(componentFindings(healthyObjects({ nodes, pods }), true)).toEqual([
    {
      id: "component-not-ready",
      severity: "critical",
      object: { kind: "kube-controller-manager", name: NAME },
      reason: "its pod is not ready (CrashLoopBackOff), after 7 restarts",
      since: SINCE,
      fix: `see \`kubectl -n kube-system logs kube-controller-manager-${NAME} --previous\`, or /var/log/pods on the machine`,
    },
    {
      id: "component-missing",
      severity: "critical",
      object: { kind: "kube-scheduler", name: NAME },
      reason: "the control plane has no such pod",
      fix: "see the kubelet's log on the machine (`journalctl -u kubelet`) and /etc/kubernetes/manifests, then run `pulumi up`",
    },
    {
      id: "component-not-ready",
      severity: "critical",
      object: { kind: "etcd", name: NAME },
      reason: "its pod is not ready, after 1 restart",
      since: SINCE,
      fix: `see \`kubectl -n kube-system logs etcd-${NAME} --previous\`, or /var/log/pods on the machine`,
    },
  ]);
});

it("judges no pod of a Node that does not report: what the API has of it is old", () => {
  const silent = [node(NAME, { Ready: { status: "Unknown" } })];
  expect(componentFindings(healthyObjects({ nodes: silent, pods: [] }), true)).toEqual([]);
});
