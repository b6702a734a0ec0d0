import { expect, it } from "vitest";
import { etcdFindings, hasStackedEtcd } from "../../../lib/health/etcd.ts";
import { healthy, machine, node, pod } from "../../support/cluster-objects.ts";

const names = [0, 1, 2].map((key) => `demo-control-plane-${key}`);
const machines = names.map((name) => machine("control plane", name));
const etcdPods = (...ready: string[]) => names.map((name) => pod("etcd", name, ready.includes(name) ? "True" : "False"));

const noMajority = (down: string[]) => ({
  id: "etcd-no-majority",
  severity: "critical",
  object: { kind: "etcd", name: "demo" },
  reason: `${down.length} of 3 members are down (${down.join(", ")}), and 2 are needed`,
  fix: "bring their machines back with what they have on their disks, and replace none of them before a majority answers",
});

it("counts machines that do not run and pods that are not ready", () => {
  const nodes = names.map((name) => node(name));
  expect(etcdFindings(healthy({ machines }, { nodes, pods: etcdPods(...names) }), new Set([names[0]!]))).toEqual([]);
  expect(etcdFindings(healthy({ machines }, { nodes, pods: etcdPods(names[2]!) }), new Set([names[0]!]))).toEqual([
    noMajority(names.slice(0, 2)),
  ]);
});

it("counts no member as down whose kubelet does not report, or whose API does not answer", () => {
  const nodes = names.map((name) => node(name, { Ready: { status: "Unknown" } }));
  expect(etcdFindings(healthy({ machines }, { nodes, pods: etcdPods() }), new Set())).toEqual([]);
  const unknown = { unknown: "no answer" };
  const api = { server: "https://a", readyz: unknown, objects: unknown };
  expect(etcdFindings(healthy({ machines, api }), new Set())).toEqual([]);
  expect(etcdFindings(healthy({ machines, api }), new Set(names.slice(1)))).toEqual([noMajority(names.slice(1))]);
});

it("counts the machines of an etcd of its own", () => {
  const members = [0, 1, 2].map((key) => machine("member of etcd", `demo-etcd-${key}`));
  const observations = healthy({ machines: [machine("control plane", names[0]!), ...members] });
  const down = members.slice(0, 2).map(({ name }) => name);
  expect(etcdFindings(observations, new Set([names[0]!, ...down]))).toEqual([noMajority(down)]);
  expect(hasStackedEtcd(observations)).toBe(false);
});

it("knows stacked etcd by its pods, where only the API is asked", () => {
  const cluster = (pods: ReturnType<typeof pod>[]) => healthy({ machines: [] }, { pods });
  expect([hasStackedEtcd(cluster(etcdPods())), hasStackedEtcd(cluster([])), hasStackedEtcd(healthy())]).toEqual([true, false, true]);
});
