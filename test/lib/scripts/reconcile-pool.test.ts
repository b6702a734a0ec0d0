import { afterEach, beforeEach, expect, it } from "vitest";
import { ScriptedNode } from "../../support/scripted-node.ts";

const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s ";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

interface Cluster {
  /** Names of the Nodes of the batch. */
  nodes: string;
  /** Record of the batch, as lines of node and note. @default all nodes, without labels or taints */
  record?: string[];
  /** Readiness of nodes. */
  ready?: string;
  /** Readiness once the drain has begun, which then never ends. @default the drain ends at once */
  readyLater?: string;
  /** Labels and taints that an earlier run set on each node. */
  applied?: string;
  /** Taints of each node, as key:effect. */
  taints?: string;
  /** Command that fails. */
  broken?: string;
  /** True when the pool has other batches with nodes. @default false */
  others?: boolean;
}

function reconcile(cluster: Cluster, variables: Record<string, string>) {
  const { nodes, ready = "True", readyLater, applied = "", taints = "", broken = "none", others = false } = cluster;
  const names = nodes.split(" ");
  const record = cluster.record ?? names.map((name) => `${name} id-of-${name} 10.40.0.20 ${applied}`);
  node.write("run/record", record.map((line) => `${line}\n`).join(""));
  const kubectl = `sleep() { SECONDS=$((SECONDS + 1)); command sleep 0.05; }
  kubectl() {
    [[ $* == *" get "* || $* == *" patch "* ]] || record kubectl "$@"
    case $* in
      *" ${broken} "*) return 1 ;;
      *" get configmaps "*) ${others ? "echo caravan-nodes-0123456789-1 web-64 id" : ""} ;;
      *" get configmap caravan-nodes-0123456789-0 "*) cat /run/record ;;
      *" patch configmap caravan-nodes-0123456789-0 "*) record note "$(cat "\${13}")" ;;
      *" get nodes "*) printf 'node/%s\n' ${nodes} ;;
      *"Ready"*) if [[ -e $SCRATCH/draining ]]; then echo '${readyLater}'; else echo '${ready}'; fi ;;
      *" drain "*) ${readyLater === undefined ? "" : "touch $SCRATCH/draining; command sleep 60"} ;;
      *"spec.taints"*) echo '${taints}' ;;
    esac
  }`;
  const input = {
    OWNER: "0123456789",
    POOL: "web",
    BATCH: "0",
    WANTED_NODES: "",
    ABSENT_MACHINES: "",
    FAILED_NODES: "",
    LABELS: "",
    NODE_LABELS: "",
    TAINTS: "",
    DRAIN_SECONDS: "300",
    ...variables,
  };
  return node.runNodeScript("reconcilePool", input, kubectl);
}

const changes = () => node.calls.map((call) => call.replace(KUBECTL, ""));
/** Expected call that writes notes of nodes into the record. */
const noted = (data: Record<string, string | null>) =>
  `note ${JSON.stringify({ metadata: { labels: { "caravan.dev/record": "nodes", "caravan.dev/pool": "web", "caravan.dev/batch": "0" } }, data })}`;
const FORGOTTEN_BATCH = "--namespace kube-system delete configmap caravan-nodes-0123456789-0 --ignore-not-found";
const FORGOTTEN = [FORGOTTEN_BATCH, "--namespace kube-system delete configmap caravan-changes-0123456789 --ignore-not-found"];

it("sets labels and taints of the wanted nodes, and records them", () => {
  const labels = { LABELS: "tier=web zone=a", TAINTS: "gpu=true:NoSchedule" };
  expect(reconcile({ nodes: "web-1 web-2" }, { WANTED_NODES: "web-1 web-2", ...labels })).toMatchObject({ code: 0 });
  const settings = "label:tier=web label:zone=a taint:gpu=true:NoSchedule";
  expect(changes()).toEqual([
    noted({ "web-1": `id-of-web-1 10.40.0.20 ${settings}`, "web-2": `id-of-web-2 10.40.0.20 ${settings}` }),
    ...["web-1", "web-2"].flatMap((name) => [
      `label --overwrite node ${name} tier=web zone=a`,
      `taint --overwrite node ${name} gpu=true:NoSchedule`,
    ]),
  ]);
});

it("removes only labels and taints that it set earlier and that are no longer wanted", () => {
  const applied = "label:tier=web label:zone=a taint:gpu=true:NoSchedule taint:spot:NoExecute ";
  const taints = "gpu:NoSchedule spot:NoExecute else:NoSchedule ";
  reconcile({ nodes: "web-1", applied, taints }, { WANTED_NODES: "web-1", LABELS: "zone=b", TAINTS: "spot:NoExecute" });
  expect(changes()).toEqual([
    // Recorded before it is set, so that none is lost in an interrupted run.
    noted({ "web-1": `id-of-web-1 10.40.0.20 ${applied}label:zone=b` }),
    "label node web-1 tier-",
    "taint node web-1 gpu=true:NoSchedule-",
    "label --overwrite node web-1 zone=b",
    "taint --overwrite node web-1 spot:NoExecute",
    noted({ "web-1": "id-of-web-1 10.40.0.20 label:zone=b taint:spot:NoExecute" }),
  ]);
});

it("sets each node's own labels beside those of its pool, and removes them with their place", () => {
  const place = "topology.kubernetes.io/zone";
  reconcile(
    { nodes: "web-1 web-2", applied: `label:${place}=a ` },
    { WANTED_NODES: "web-1 web-2", LABELS: "tier=web", NODE_LABELS: `web-1 ${place}=b\nweb-2 ` },
  );
  const note = (name: string, labels: string[]) => `id-of-${name} 10.40.0.20 ${labels.map((label) => `label:${label}`).join(" ")}`;
  expect(changes()).toEqual([
    noted({
      "web-1": note("web-1", [`${place}=a`, "tier=web", `${place}=b`]),
      "web-2": note("web-2", [`${place}=a`, "tier=web"]),
    }),
    `label --overwrite node web-1 tier=web ${place}=b`,
    `label node web-2 ${place}-`,
    "label --overwrite node web-2 tier=web",
    noted({ "web-1": note("web-1", ["tier=web", `${place}=b`]), "web-2": note("web-2", ["tier=web"]) }),
  ]);
});

it("removes no taint that does not exist any more", () => {
  const applied = "taint:gpu=true:NoSchedule taint:gpu=true:NoExecute taint:spot:NoExecute ";
  expect(reconcile({ nodes: "web-1", applied, taints: "gpu:NoExecute " }, { WANTED_NODES: "web-1" })).toMatchObject({ code: 0 });
  expect(changes()).toEqual(["taint node web-1 gpu=true:NoExecute-", noted({ "web-1": "id-of-web-1 10.40.0.20" })]);
});

it("keeps the record of a node on which a change failed", () => {
  const applied = "taint:gpu:NoSchedule ";
  const result = reconcile({ nodes: "web-1", applied, broken: "get node" }, { WANTED_NODES: "web-1", LABELS: "tier=web" });
  expect(result).toMatchObject({ code: 1 });
  expect(changes()).toEqual([noted({ "web-1": "id-of-web-1 10.40.0.20 taint:gpu:NoSchedule label:tier=web" })]);
});

it("changes nothing when it cannot read the record", () => {
  expect(reconcile({ nodes: "web-1", broken: "get configmap" }, { WANTED_NODES: "" })).toMatchObject({ code: 1 });
  expect(changes()).toEqual([]);
});

it("changes only Nodes of its own record, whatever their labels are, and writes nothing when nothing has changed", () => {
  const record = ["web-1 id-1 10.40.0.20 label:tier=web"];
  expect(reconcile({ nodes: "web-1 other-1", record }, { WANTED_NODES: "web-1", LABELS: "tier=web" })).toMatchObject({ code: 0 });
  expect(changes()).toEqual(["label --overwrite node web-1 tier=web"]);
});

it("skips a machine that has not joined, and removes one from the record that never joined and is no longer wanted", () => {
  const record = ["web-1 id-1 10.40.0.20", "web-2 id-2 10.40.0.21", "web-3 id-3 10.40.0.22"];
  expect(reconcile({ nodes: "web-1", record }, { WANTED_NODES: "web-1 web-2", LABELS: "tier=web" })).toMatchObject({ code: 0 });
  expect(changes()).toEqual([
    noted({ "web-1": "id-1 10.40.0.20 label:tier=web" }),
    "label --overwrite node web-1 tier=web",
    noted({ "web-3": null }),
  ]);
});

it("drains a node that is no longer wanted, then deletes it", () => {
  expect(reconcile({ nodes: "web-1" }, { DRAIN_SECONDS: "60" })).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: drain and delete node web-1 ("),
  });
  expect(changes()).toEqual([
    "cordon web-1",
    "drain web-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 60s",
    "delete node web-1 --wait=false --ignore-not-found",
    ...FORGOTTEN,
  ]);
});

it("keeps the record of the pool's changes while another batch has nodes", () => {
  expect(reconcile({ nodes: "web-1", others: true }, {})).toMatchObject({ code: 0 });
  expect(changes().slice(-1)).toEqual([FORGOTTEN_BATCH]);
});

it("drains nothing until all of the batch have joined, and labels the others", () => {
  const input = { WANTED_NODES: "web-1 web-2", FAILED_NODES: "web-2", LABELS: "tier=web" };
  expect(reconcile({ nodes: "web-1 web-old" }, input)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-old stays, because not all of its batch have joined: web-2"),
  });
  expect(changes()).toEqual([noted({ "web-1": "id-of-web-1 10.40.0.20 label:tier=web" }), "label --overwrite node web-1 tier=web"]);
});

it("does not drain a node whose machine is lost", () => {
  reconcile({ nodes: "web-1", ready: "Unknown" }, {});
  expect(changes()).toEqual(["cordon web-1", "delete node web-1 --wait=false --ignore-not-found", ...FORGOTTEN]);
});

it.each(["Unknown", ""])("ends a drain when Kubernetes reports the readiness %j, because the machine is lost", (readyLater) => {
  const started = Date.now();
  expect(reconcile({ nodes: "web-1", readyLater }, {})).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: drain and delete node web-1 ("),
  });
  expect(Date.now() - started).toBeLessThan(10_000);
  expect(changes()).toEqual([
    "cordon web-1",
    "drain web-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 300s",
    "delete node web-1 --wait=false --ignore-not-found",
    ...FORGOTTEN,
  ]);
});

it("neither drains nor cordons a node without a Node", () => {
  expect(reconcile({ nodes: "web-1", ready: "" }, {})).toMatchObject({ code: 0 });
  expect(changes()).toEqual(["delete node web-1 --wait=false --ignore-not-found", ...FORGOTTEN]);
});

it("keeps a node whose drain fails, and logs it", () => {
  expect(reconcile({ nodes: "web-1 web-2", broken: "drain" }, { WANTED_NODES: "web-2" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("web-1: failed: drain and delete node web-1, after"),
  });
  expect(changes().filter((change) => change.startsWith("delete"))).toEqual([]);
});

it("tells names apart that begin alike", () => {
  reconcile({ nodes: "web-1" }, { WANTED_NODES: "web-10 web-11" });
  expect(changes()).toContain("delete node web-1 --wait=false --ignore-not-found");
});

it("keeps the node of a machine whose successor failed, completes the others, and then fails, so that Pulumi keeps the machine", () => {
  const nodes = "c-web-1-aaaaaaa c-web-2-bbbbbbb c-web-3-ccccccc";
  const input = { WANTED_NODES: "c-web-3-ccccccc", ABSENT_MACHINES: "c-web-1 c-web-4", LABELS: "tier=web" };
  expect(reconcile({ nodes }, input)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "failed: c-web-1-aaaaaaa stays as it is, because its machine was not replaced or changed; run `pulumi up` again",
    ),
  });
  expect(
    changes()
      .filter((change) => !change.startsWith("note"))
      .sort(),
  ).toEqual([
    "cordon c-web-2-bbbbbbb",
    "delete node c-web-2-bbbbbbb --wait=false --ignore-not-found",
    "drain c-web-2-bbbbbbb --ignore-daemonsets --delete-emptydir-data --force --timeout 300s",
    "label --overwrite node c-web-3-ccccccc tier=web",
  ]);
});

it("tells absent machines apart from others whose key begins alike", () => {
  expect(reconcile({ nodes: "c-web-11-aaaaaaa" }, { ABSENT_MACHINES: "c-web-1" })).toMatchObject({ code: 0 });
  expect(changes()).toContain("delete node c-web-11-aaaaaaa --wait=false --ignore-not-found");
});
