import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "node-change-"));
  const program = ["drain-obstacles.py", "node-drain.py", "node-places.py", "node-change.py"].map(readScript).join("\n");
  // Waits take no time.
  const fast = program
    .replace("POLL_SECONDS = 5", "POLL_SECONDS = 0")
    .replace("READY_SECONDS = 300", "READY_SECONDS = 0.5")
    .replace("SETTLE_SECONDS = 600", "SETTLE_SECONDS = 2");
  writeFileSync(join(folder, "program.py"), fast);
  writeFileSync(join(folder, "kubectl"), kubectl(folder));
  chmodSync(join(folder, "kubectl"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** kubectl of an API with nodes, pods, budgets and ConfigMaps in a file. As in the API, only the version that was read can be replaced. */
const kubectl = (at: string) => `#!/usr/bin/python3
import fcntl, json, os, sys, time
arguments = " ".join(sys.argv[5:])
lock = open("${at}/lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
path = "${at}/cluster"
cluster = json.load(open(path))
def save(): json.dump(cluster, open(path, "w"))
def log(text): open("${at}/calls", "a").write(text + "\\n")
def status(node):
    return ("Ready" if node["ready"] == "True" else "NotReady") + (",SchedulingDisabled" if node.get("cordoned") else "")
def conditions(ready): return {"conditions": [{"type": "Ready", "status": ready}]}
if arguments.startswith("--namespace kube-system get configmaps"):
    print(json.dumps({"items": [{"metadata": {"name": name}, "data": data} for name, data in cluster["records"].items()]}))
elif arguments.startswith("--namespace kube-system get configmap caravan-changes-0123456789 "):
    print(json.dumps(cluster["changes"]) if cluster.get("changes") else "")
elif arguments.startswith("--namespace kube-system replace") or arguments.startswith("--namespace kube-system create"):
    new, old = json.load(sys.stdin), cluster.get("changes")
    if (old or {"metadata": {}})["metadata"].get("resourceVersion") != new["metadata"].get("resourceVersion"):
        sys.exit("Error from server (Conflict): the object has been modified")
    new["metadata"]["resourceVersion"] = str(int(old["metadata"]["resourceVersion"]) + 1 if old else 1)
    cluster["changes"] = new
    save()
elif arguments.startswith("get nodes --selector caravan.dev/pool=web"):
    for name, node in cluster["nodes"].items():
        print(name, status(node), "<none>", "1d", node["version"])
    lock.close()
    time.sleep(0.1)
elif arguments.startswith("get node "):
    node = cluster["nodes"].get(sys.argv[7])
    print(json.dumps({"spec": {"unschedulable": node.get("cordoned", False)}, "status": {**conditions(node["ready"]), "nodeInfo": {"kubeletVersion": node["version"]}}}) if node else "")
elif arguments.startswith("get pods "):
    items = []
    for pod in cluster.get("pods", []):
        if "spec.nodeName=" + pod["node"] not in sys.argv: continue
        owners = [{"kind": "DaemonSet", "name": pod["set"], "controller": True}] if "set" in pod else []
        items.append({"metadata": {"namespace": "default", "name": pod["name"], "labels": pod.get("labels", {}), "ownerReferences": owners}, "status": {"phase": "Running", **conditions(pod.get("ready", "True"))}})
    print(json.dumps({"items": items}))
elif arguments.startswith("get poddisruptionbudgets"):
    print(json.dumps({"items": cluster.get("budgets", [])}))
elif sys.argv[5] in ("cordon", "uncordon"):
    log(arguments)
    cluster["nodes"][sys.argv[6]]["cordoned"] = sys.argv[5] == "cordon"
    save()
elif sys.argv[5] == "drain":
    log(arguments)
    if cluster.get("stuck"): sys.exit("error: unable to drain node: global timeout reached: 60s")
else:
    sys.exit("unknown: " + arguments)
`;

interface Node {
  ready: string;
  version: string;
  cordoned?: boolean;
}

interface Entry {
  phase: string;
  run: string;
  machine: string;
  digest?: string;
  cordoned?: boolean;
  broken?: string[];
}

interface Cluster {
  nodes: Record<string, Node>;
  entries?: Record<string, Entry>;
  notes?: Record<string, string>;
  pods?: object[];
  budgets?: object[];
  stuck?: boolean;
}

const up = (more: Partial<Node> = {}): Node => ({ ready: "True", version: "v1.36.3", ...more });
const RECORD = "caravan-nodes-0123456789-0";

/** Writes a cluster. All nodes are in the pool's record, with machines like "id-of-web-1". */
function write({ entries, notes, ...cluster }: Cluster, machines = Object.keys(cluster.nodes)): void {
  const records = {
    [RECORD]: Object.fromEntries(machines.map((name) => [name, `id-of-${name} 10.40.0.20`])),
    "caravan-nodes-ffffffffff-0": { other: "id-of-other 10.40.0.30" },
  };
  const data = Object.fromEntries(Object.entries(entries ?? {}).map(([name, entry]) => [name, JSON.stringify(entry)]));
  const metadata = { name: "caravan-changes-0123456789", resourceVersion: "7", annotations: notes ?? {} };
  writeFileSync(join(folder, "cluster"), JSON.stringify({ ...cluster, records, ...(entries ? { changes: { metadata, data } } : {}) }));
}

const cluster = () => JSON.parse(readFileSync(join(folder, "cluster"), "utf8"));
const change = (edit: (all: ReturnType<typeof cluster>) => void) => {
  const all = cluster();
  edit(all);
  writeFileSync(join(folder, "cluster"), JSON.stringify(all));
};
const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n") : []);
/** Entries of the pool's nodes, without the random number of the program. */
const entries = (): Record<string, Entry> =>
  Object.fromEntries(
    Object.entries(cluster().changes.data as Record<string, string>).map(([node, text]) => {
      const { by: _, ...entry } = JSON.parse(text);
      return [node, entry];
    }),
  );

interface Result {
  code: number | null;
  lines: string[];
  stderr: string;
}

/** Errors of kubectl that are no reason to give up, as the script passes them on. */
const TAKEOVER = Object.fromEntries(
  [...readScript("takeover.sh").matchAll(/^readonly (\w+)='?(.*?)'?$/gm)].map(([, name, value]) => [name!, value!]),
);

function run(args: string[], variables: Record<string, string> = {}): Promise<Result> {
  return new Promise((resolve) => {
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      NODE_NAME: "cp-0",
      RUN: "1000 now",
      OWNER: "0123456789",
      POOL: "web",
      KUBERNETES_VERSION: "1.36.3",
      MAX_UNAVAILABLE: "1",
      DRAIN_SECONDS: "60",
      PATIENCE_SECONDS: "2",
      ...TAKEOVER,
      ...variables,
    };
    const child = spawn("/usr/bin/python3", ["-I", join(folder, "program.py"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    child.on("close", (code) => resolve({ code, lines: stdout.split("\n").slice(0, -1), stderr }));
  });
}

/** Begins the change of one of some nodes. */
const begin = (names: string[], variables: Record<string, string> = {}) =>
  run(["begin"], { CANDIDATES: names.map((name) => `${name} id-of-${name} new`).join("\n"), ...variables });
const end = (name: string, variables: Record<string, string> = {}) => run(["end", name], variables);
const changing = (name: string, more: Partial<Entry> = {}): Entry => ({
  phase: "changing",
  run: "now",
  machine: `id-of-${name}`,
  digest: "new",
  cordoned: false,
  broken: [],
  ...more,
});

const DRAIN = "drain web-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 60s";

it("takes a place without a drain when the kubelet stays, and gives it back", async () => {
  write({ nodes: { "web-1": up(), "web-2": up() } });
  expect(await begin(["web-1", "web-2"])).toEqual({ code: 0, lines: ["place web-1"], stderr: "" });
  expect(entries()).toEqual({ "web-1": changing("web-1") });
  expect(cluster().changes.metadata).toMatchObject({
    labels: { "caravan.dev/pool": "web" },
    annotations: { "caravan.dev/run": "1000 now" },
  });
  expect(await end("web-1", { CHANGE_FAILED: "" })).toEqual({ code: 0, lines: [], stderr: "" });
  expect(entries()).toEqual({ "web-1": changing("web-1", { phase: "done" }) });
  expect(calls()).toEqual([]);
});

it("cordons and drains a node whose kubelet is older, and uncordons it when it is in service", async () => {
  write({ nodes: { "web-1": up({ version: "v1.36.1" }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  expect(entries()).toEqual({ "web-1": changing("web-1", { cordoned: true }) });
  change(({ nodes }) => (nodes["web-1"].version = "v1.36.3"));
  expect(await end("web-1")).toMatchObject({ code: 0 });
  expect(calls()).toEqual(["cordon web-1", DRAIN, "uncordon web-1"]);
  expect(entries()).toEqual({ "web-1": changing("web-1", { phase: "done" }) });
});

it("leaves a node cordoned that somebody else has cordoned", async () => {
  write({ nodes: { "web-1": up({ version: "v1.36.1", cordoned: true }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  change(({ nodes }) => (nodes["web-1"].version = "v1.36.3"));
  expect(await end("web-1")).toMatchObject({ code: 0 });
  expect(calls()).toEqual([DRAIN]);
});

it("does not drain a kubelet that is newer, which its machine refuses, nor a machine that does not answer", async () => {
  write({ nodes: { "web-1": up({ version: "v1.37.2" }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  write({ nodes: { "web-1": up({ version: "v1.36.1", ready: "Unknown" }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  expect(calls()).toEqual(["cordon web-1"]);
});

it("answers at once for a node without a Node, and for a machine whose name belongs to another pool, which it leaves alone", async () => {
  write({ nodes: { "web-1": up() } }, ["web-1", "web-2"]);
  expect(await begin(["web-2"])).toMatchObject({ code: 0, lines: ["place web-2"] });
  write({ nodes: { other: up({ version: "v1.36.1" }) } }, []);
  expect(await begin(["other"])).toMatchObject({ code: 0, lines: ["place other"] });
  expect([calls(), entries()]).toEqual([[], {}]);
});

it.each([
  ["is changed by another script", { "web-2": changing("web-2") }, {}, "web-2"],
  ["is broken", {}, { ready: "False" }, "web-2"],
  ["is cordoned", {}, { cordoned: true }, "web-2"],
  ["was left drained by an earlier run", { "web-2": changing("web-2", { phase: "failed", run: "then" }) }, { cordoned: true }, "web-2"],
])("takes no place while another node %s, and says so", async (_, before, other, out) => {
  write({ nodes: { "web-1": up(), "web-2": up(other) }, entries: before });
  expect(await begin(["web-1"])).toEqual({
    code: 1,
    lines: [],
    stderr:
      `cp-0: waits with the change of further nodes: 1 of pool web may be out of service at a time, and these are: ${out}\n` +
      `cp-0: failed: no further node could be changed for 2 s: 1 of pool web may be out of service at a time, and these are: ${out}; ` +
      "repair or uncordon them, or raise upgrade.maxUnavailable\n",
  });
  expect(calls()).toEqual([]);
});

it("does not count a node whose change failed in an earlier run, and that is in service", async () => {
  write({ nodes: { "web-1": up(), "web-2": up() }, entries: { "web-2": changing("web-2", { phase: "failed", run: "then" }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
});

it("waits for a place, and takes it when it is given back", async () => {
  write({ nodes: { "web-1": up(), "web-2": up() }, entries: { "web-2": changing("web-2") }, notes: { "caravan.dev/run": "1000 now" } });
  const waiting = begin(["web-1"], { PATIENCE_SECONDS: "30" });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await end("web-2")).toMatchObject({ code: 0 });
  expect(await waiting).toMatchObject({ code: 0, lines: ["place web-1"] });
});

it.each([
  ["2", 2],
  ["59%", 2],
  ["10%", 1],
])(
  "has at most %s of five nodes out of service, whoever asks at the same moment",
  async (most, count) => {
    const nodes = Object.fromEntries([1, 2, 3, 4, 5].map((key) => [`web-${key}`, up()]));
    write({ nodes });
    const names = Object.keys(nodes);
    const results = await Promise.all(names.map(() => begin(names, { MAX_UNAVAILABLE: most })));
    const places = results.flatMap(({ lines }) => lines);
    expect(new Set(places).size).toBe(places.length);
    expect([places.length, Object.keys(entries()).length]).toEqual([count, count]);
  },
  40_000,
);

it("completes what an earlier run began before all others, without a drain when it was upgraded, and uncordons it", async () => {
  const before = { "web-2": changing("web-2", { run: "then", cordoned: true, broken: ["default/old"] }) };
  const nodes = { "web-1": up({ version: "v1.36.1" }), "web-2": up({ cordoned: true }), "web-3": up({ ready: "False" }) };
  write({ nodes, entries: before, notes: { "caravan.dev/run": "900 then" } });
  expect(await begin(["web-1", "web-2"])).toMatchObject({ code: 0, lines: ["place web-2"] });
  expect(await end("web-2")).toMatchObject({ code: 0 });
  expect(calls()).toEqual(["uncordon web-2"]);
});

it("drains again where an earlier run was interrupted in the drain", async () => {
  const before = { "web-1": changing("web-1", { run: "then", cordoned: true }) };
  write({ nodes: { "web-1": up({ version: "v1.36.1", cordoned: true }) }, entries: before });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  expect(calls()).toEqual([DRAIN]);
  expect(entries()).toEqual({ "web-1": changing("web-1", { cordoned: true }) });
});

it("names nodes that an earlier run has changed already, and does nothing more for them", async () => {
  const before = {
    "web-1": changing("web-1", { phase: "done", run: "then" }),
    "web-2": changing("web-2", { phase: "done", run: "then", digest: "old" }),
    "web-3": changing("web-3", { phase: "done", run: "then", machine: "another" }),
  };
  write({ nodes: { "web-1": up(), "web-2": up(), "web-3": up() }, entries: before });
  expect(await begin(["web-1", "web-2", "web-3"])).toMatchObject({ code: 0, lines: ["done web-1", "place web-2"] });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["done web-1"] });
  expect(await begin(["web-2"])).toMatchObject({ code: 0, lines: [] });
});

it("forgets nodes that the pool has no more: they hold no place", async () => {
  write({ nodes: { "web-1": up() }, entries: { gone: changing("gone"), "web-1": changing("web-1", { phase: "done", digest: "old" }) } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0, lines: ["place web-1"] });
  expect(Object.keys(entries())).toEqual(["web-1"]);
});

const budget = (name: string, disruptionsAllowed: number, selector: object) => ({
  metadata: { namespace: "default", name },
  spec: { selector },
  status: { disruptionsAllowed },
});

it("uncordons a node whose drain does not end, names the budgets and pods, and keeps all scripts of this run from going on", async () => {
  write({
    nodes: { "web-1": up({ version: "v1.36.1" }), "web-2": up({ version: "v1.36.1" }) },
    stuck: true,
    pods: [
      { node: "web-1", name: "a-1", labels: { app: "a" } },
      { node: "web-1", name: "a-2", labels: { app: "a", tier: "x" } },
      { node: "web-1", name: "b-1", labels: { app: "b" } },
      { node: "web-1", name: "agent", set: "agents" },
      { node: "web-2", name: "a-3", labels: { app: "a" } },
    ],
    budgets: [
      budget("a", 0, { matchLabels: { app: "a" } }),
      budget("b", 1, { matchLabels: { app: "b" } }),
      budget("x", 0, { matchExpressions: [{ key: "tier", operator: "In", values: ["x"] }] }),
      budget("none", 0, { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }),
    ],
  });
  expect(await begin(["web-1"])).toEqual({
    code: 1,
    lines: [],
    stderr:
      "cp-0: failed: the drain of web-1 did not end within 60 s, so it was not changed: " +
      "PodDisruptionBudget default/a allows no disruption of default/a-1, default/a-2; " +
      "PodDisruptionBudget default/x allows no disruption of default/a-2; these pods have not ended: default/b-1; " +
      "start more replicas elsewhere, or raise drainSeconds\n",
  });
  expect(calls()).toEqual(["cordon web-1", DRAIN, "uncordon web-1"]);
  expect(entries()).toEqual({});
  expect(await begin(["web-2"], { MAX_UNAVAILABLE: "2" })).toEqual({
    code: 1,
    lines: [],
    stderr: "cp-0: failed: no further node of pool web is changed in this run, because the drain of web-1 did not end\n",
  });
  change((all) => delete all.stuck);
  expect(await begin(["web-1", "web-2"], { RUN: "2000 next" })).toMatchObject({ code: 0, lines: ["place web-1"] });
});

it("leaves a place to a node whose script failed, and stops the run when no other is left", async () => {
  write({ nodes: { "web-1": up(), "web-2": up(), "web-3": up() } });
  expect(await begin(["web-1"])).toMatchObject({ code: 0 });
  expect(await end("web-1", { CHANGE_FAILED: "yes" })).toEqual({ code: 0, lines: [], stderr: "" });
  expect(entries()).toEqual({ "web-1": changing("web-1", { phase: "failed" }) });
  expect(await begin(["web-2"])).toEqual({
    code: 1,
    lines: [],
    stderr: "cp-0: failed: no further node of pool web is changed in this run, because these failed in it and are out of service: web-1\n",
  });
  expect(await begin(["web-2"], { MAX_UNAVAILABLE: "2" })).toMatchObject({ code: 0, lines: ["place web-2"] });
  // The next run goes on with it.
  expect(await begin(["web-3", "web-1"], { RUN: "2000 next", MAX_UNAVAILABLE: "2" })).toMatchObject({ code: 0, lines: ["place web-1"] });
});

it.each([
  ["its kubelet reports v1.36.1", { version: "v1.36.1" }, "True"],
  ["it is not Ready", { ready: "False" }, "True"],
  ["pods of DaemonSets are not Ready: default/agent-1", {}, "False"],
])("keeps the place of a node that is not in service: %s", async (lack, node, ready) => {
  write({
    nodes: { "web-1": up({ cordoned: true, ...node }) },
    entries: { "web-1": changing("web-1", { cordoned: true, broken: ["default/other"] }) },
    pods: [
      { node: "web-1", name: "agent-1", set: "agents", ready },
      { node: "web-1", name: "other-1", set: "other", ready: "False" },
      { node: "web-1", name: "c-1", ready: "False" },
    ],
  });
  expect(await end("web-1")).toEqual({
    code: 1,
    lines: [],
    stderr: `cp-0: failed: web-1 is changed, but not in service after 0 s: ${lack}; see \`kubectl describe node\`\n`,
  });
  expect(calls()).toEqual([]);
  expect(entries()).toEqual({ "web-1": changing("web-1", { phase: "failed", cordoned: true, broken: ["default/other"] }) });
});

it("does not wait for pods of DaemonSets that were not Ready before", async () => {
  write({ nodes: { "web-1": up() }, pods: [{ node: "web-1", name: "agent-1", set: "agents", ready: "False" }] });
  expect(await begin(["web-1"])).toMatchObject({ code: 0 });
  expect(entries()).toEqual({ "web-1": changing("web-1", { broken: ["default/agents"] }) });
  expect(await end("web-1")).toMatchObject({ code: 0 });
});

it("ends a script that an earlier run has left behind, and leaves the later run's places alone", async () => {
  write({
    nodes: { "web-1": up({ cordoned: true }), "web-2": up() },
    entries: { "web-1": changing("web-1", { cordoned: true }) },
    notes: { "caravan.dev/run": "1000 now" },
  });
  const left = { code: 1, lines: [], stderr: "cp-0: failed: a later run of Pulumi changes the nodes of pool web\n" };
  expect(await begin(["web-2"], { RUN: "900 then" })).toEqual(left);
  expect(await end("web-1", { RUN: "900 then" })).toEqual(left);
  expect([calls(), entries()]).toEqual([[], { "web-1": changing("web-1", { cordoned: true }) }]);
});
