import { expect, it } from "vitest";
import { nodeFindings } from "../../../lib/health/nodes.ts";
import { known, type Observations } from "../../../lib/health/observations.ts";
import { skewOf } from "../../../lib/health/version-skew.ts";
import { healthy, node, SINCE, server } from "../../support/cluster-objects.ts";

const CONTROL_PLANE = "demo-control-plane-0";
const NONE: ReadonlySet<string> = new Set();
const judge = (observations: Observations, absent = NONE) => nodeFindings(observations, known(observations.api!.objects)!, absent);
const worker = (name: string) => ({ kind: "worker", name, id: `id-${name}`, urn: `urn::${name}` });

it("finds nothing wrong with Nodes that are ready", () => {
  expect(judge(healthy())).toEqual([]);
});

it("names Nodes that are not ready: of control planes, workers, imported servers and other stacks", () => {
  const nodes = [
    node(CONTROL_PLANE, { Ready: { status: "False", message: "container runtime is down" } }),
    node("demo-web-0", { Ready: { status: "Unknown", message: "Kubelet stopped posting node status." } }),
    node("demo-web-1"),
    node("metal-0", { Ready: { status: "Unknown" } }),
    node("other-0", { Ready: { status: "Unknown" } }),
  ];
  const look = "look at it over SSH (`systemctl status kubelet`, `journalctl -u kubelet`)";
  const common = { id: "node-not-ready", severity: "warning", reason: "its kubelet does not report", since: SINCE };
  expect(judge(healthy({ imported: ["metal-0"] }, { nodes }))).toEqual([
    {
      ...common,
      severity: "critical",
      object: { kind: "control plane", name: CONTROL_PLANE, id: `id-${CONTROL_PLANE}`, urn: `urn::${CONTROL_PLANE}` },
      reason: "its kubelet is not ready: container runtime is down",
      fix: `${look}, or replace it with \`pulumi up --replace 'urn::${CONTROL_PLANE}'\``,
    },
    { ...common, object: worker("demo-web-0"), fix: `${look}, or replace it with \`pulumi up --replace 'urn::demo-web-0'\`` },
    { ...common, object: { kind: "imported worker", name: "metal-0" }, fix: look },
    { ...common, object: { kind: "Node", name: "other-0" }, fix: look },
  ]);
});

it("names machines that are no Nodes, and leaves new ones time to join", () => {
  const created = "2026-11-28T11:50:00Z";
  const servers = { value: [server(CONTROL_PLANE), server("demo-web-0", { created }), server("demo-web-1")] };
  const observations = healthy({ servers, imported: ["metal-0"] }, { nodes: [node(CONTROL_PLANE)] });
  const fix = "run `pulumi up`, which makes it join";
  expect(judge(observations)).toEqual([
    { id: "node-missing", severity: "info", object: worker("demo-web-0"), reason: "the machine is new, and has not joined yet", fix },
    { id: "node-missing", severity: "warning", object: worker("demo-web-1"), reason: "the machine is no Node of the cluster", fix },
    {
      id: "node-missing",
      severity: "warning",
      object: { kind: "imported worker", name: "metal-0" },
      reason: "the machine is no Node of the cluster",
      fix,
    },
  ]);
});

it("says nothing of the Nodes of machines that do not run, which have a finding already", () => {
  const nodes = [node(CONTROL_PLANE), node("demo-web-0", { Ready: { status: "Unknown" } })];
  expect(judge(healthy({}, { nodes }), new Set(["demo-web-0", "demo-web-1"]))).toEqual([]);
});

it("names what a Node runs short of, and a missing network", () => {
  const nodes = [
    node(CONTROL_PLANE),
    node("demo-web-0", { DiskPressure: { status: "True", message: "kubelet has disk pressure" }, PIDPressure: { status: "Unknown" } }),
    node("demo-web-1", { NetworkUnavailable: { status: "True" } }),
  ];
  const common = { id: "node-pressure", severity: "warning", since: SINCE };
  expect(judge(healthy({}, { nodes }))).toEqual([
    {
      ...common,
      object: worker("demo-web-0"),
      reason: "DiskPressure: kubelet has disk pressure",
      fix: "free what the Node runs short of, or give the pool machines with more of it",
    },
    {
      ...common,
      object: worker("demo-web-1"),
      reason: "NetworkUnavailable",
      fix: "see the pods of the network plugin on this Node",
    },
  ]);
});

it("names cordoned Nodes, and warns of those that were forgotten for a day", () => {
  const cordoned = (timeAdded?: string) => ({
    spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", ...(timeAdded ? { timeAdded } : {}) }] },
  });
  const nodes = [
    node(CONTROL_PLANE, {}, cordoned()),
    node("demo-web-0", {}, cordoned("2026-11-27T13:00:00Z")),
    node("demo-web-1", {}, cordoned("2026-11-27T11:00:00Z")),
  ];
  const found = judge(healthy({}, { nodes }));
  expect(found.map(({ severity, object, since }) => [severity, object.name, since])).toEqual([
    ["info", CONTROL_PLANE, undefined],
    ["info", "demo-web-0", "2026-11-27T13:00:00Z"],
    ["warning", "demo-web-1", "2026-11-27T11:00:00Z"],
  ]);
  expect(found[1]).toEqual({
    id: "node-cordoned",
    severity: "info",
    object: worker("demo-web-0"),
    reason: "it is cordoned, and takes no new pods",
    since: "2026-11-27T13:00:00Z",
    fix: "have it take pods again with `kubectl uncordon demo-web-0`",
  });
});

it("compares kubelets with the API server by Kubernetes' own rules", () => {
  const nodes = [node(CONTROL_PLANE), node("demo-web-0", {}, { status: { nodeInfo: { kubeletVersion: "v1.32.1" } } }), node("demo-web-1")];
  expect(judge(healthy({}, { nodes }))).toMatchObject([
    { id: "node-version", severity: "warning", reason: "its kubelet is v1.32.1, the API server is v1.36.3" },
  ]);
  const skews = ["v1.36.3", "v1.36.1", "v1.33.0", "v1.32.9", "v1.37.0", ""].map((kubelet) => skewOf(kubelet, "v1.36.3"));
  expect(skews).toEqual(["none", "allowed", "allowed", "forbidden", "forbidden", "none"]);
});
