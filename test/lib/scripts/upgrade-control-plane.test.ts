import { afterEach, beforeEach, expect, it } from "vitest";
import { manifest, UpgradedControlPlane } from "../../support/upgraded-control-plane.ts";

let node: UpgradedControlPlane;
beforeEach(() => {
  node = new UpgradedControlPlane();
});
afterEach(() => node.remove());

const WISH = { version: "1.37.2", etcdTag: "3.6.11-0" };
const CHECKS = [
  "kubectl --namespace kube-system get pods --selector component=kube-apiserver",
  "kubectl get nodes",
  "kubectl get nodes --selector node-role.kubernetes.io/control-plane",
];
const MANIFESTS = ["kubeadm init phase control-plane all --dry-run", "kubeadm init phase etcd local --dry-run"];
const PREPARE_CLUSTER = [
  "kubectl get clusterrolebinding kubeadm:apiserver-kubelet-client --ignore-not-found --output name",
  "kubectl create clusterrolebinding kubeadm:apiserver-kubelet-client --clusterrole system:kubelet-api-admin --user kube-apiserver-kubelet-client",
  "kubectl --namespace kube-system get configmap caravan-upgrade --ignore-not-found --output name",
  "kubectl --namespace kube-system create configmap caravan-upgrade",
  'kubectl --namespace kube-system patch configmap caravan-upgrade --type merge --patch {"data":{"version":"1.37.2"}}',
];
const CORDON = ["kubectl get node web-1", "kubectl cordon web-1"];
const DRAIN = "kubectl drain web-1 --ignore-daemonsets --delete-emptydir-data --force --timeout 300s";
const NEW_KUBELET = [
  "kubeadm upgrade node --skip-phases preflight,control-plane,addon",
  "systemctl daemon-reload",
  "systemctl restart kubelet",
  "static pods settle",
  "kubectl get node web-1",
];
const UNCORDON = "kubectl uncordon web-1";
const END = ["systemctl enable --now caravan-approve.timer caravan-certificates.timer", "lease release web-1"];

/** Makes the pods run that the kubelet has run for long, so that they do not start in the log of a run. */
function settled() {
  node.upgrade({ version: "1.36.3" }, "", {});
}

it("upgrades a control plane and its etcd in order, once", () => {
  settled();
  const { code, stderr, calls } = node.upgrade(WISH);
  expect(calls).toEqual([
    ...CHECKS,
    "install kubeadm 1.37.2",
    "systemctl start kubelet",
    "lease take web-1",
    "kubeadm config images pull",
    ...MANIFESTS,
    CHECKS[0],
    "save_snapshot https://127.0.0.1:2379 1.37.2",
    ...PREPARE_CLUSTER,
    ...CORDON,
    DRAIN,
    "lease take web-1",
    "kubeadm init phase certs apiserver",
    ...MANIFESTS,
    "the API server ends",
    "etcd starts: 3.6.11-0",
    "kube-apiserver starts: 1.37.2",
    "kube-controller-manager starts: 1.37.2",
    "kube-scheduler starts: 1.37.2",
    "kubeadm init phase upload-config all",
    "lease take web-1",
    "install kubelet kubectl 1.37.2",
    ...NEW_KUBELET,
    UNCORDON,
    ...END,
  ]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: [
      "check the upgrade to Kubernetes 1.37.2 (N s)",
      "install kubeadm 1.37.2 (N s)",
      "write certificates and settings (N s)",
      "pull images (N s)",
      "check etcd (N s)",
      "save etcd (N s)",
      "prepare the cluster (N s)",
      "drain (N s)",
      "new components (N s)",
      "install kubelet 1.37.2 (N s)",
      "settings of the kubelet (N s)",
      "restart the kubelet (N s)",
      "static pods of the new kubelet (N s)",
      "runs Kubernetes 1.37.2",
      "is a control plane already",
      "restrict who may join (N s)",
      "settings of all kubelets (N s)",
      "zone and region of the node (N s)",
      "taint of control planes (N s)",
    ]
      .map((line) => `web-1: ${line}\n`)
      .join(""),
  });
  expect(node.versions).toEqual(["1.37.2", "3.6.11-0", "1.37.2"]);
  // The member keeps the initial cluster of its join.
  expect(node.read(manifest("etcd"))).toContain("--initial-cluster=web-0=https://10.40.0.19:2380\n");
  const left = ["settings-before", "upgrading", "cordoned"].filter((file) => node.has(`var/lib/caravan/${file}`));
  expect(left).toEqual([]);
  expect(node.upgrade(WISH).calls).toEqual(["systemctl start kubelet", END[0]]);
});

it("restarts no etcd whose image stays, and leaves the snapshot to the first", () => {
  settled();
  node.says({ servers: "web-0 registry.k8s.io/kube-apiserver:v1.36.4\nweb-1 registry.k8s.io/kube-apiserver:v1.36.3", exists: "it" });
  const { code, calls } = node.upgrade({ version: "1.36.4" });
  expect(code).toBe(0);
  expect(calls.filter((call) => /starts|ends|save|create/.test(call))).toEqual([
    "kube-apiserver starts: 1.36.4",
    "kube-controller-manager starts: 1.36.4",
    "kube-scheduler starts: 1.36.4",
  ]);
});

it("upgrades etcd alone, with a snapshot and without a drain", () => {
  settled();
  const { code, calls } = node.upgrade({ version: "1.36.3", etcdTag: "3.6.11-0" });
  expect(code).toBe(0);
  expect(calls).toEqual([
    "systemctl start kubelet",
    "lease take web-1",
    "kubeadm config images pull",
    ...MANIFESTS,
    "kubectl --namespace kube-system get pods --selector component=etcd",
    "save_snapshot https://127.0.0.1:2379 etcd-3.6.11-0",
    "lease take web-1",
    "kubeadm init phase certs apiserver",
    ...MANIFESTS,
    "the API server ends",
    "etcd starts: 3.6.11-0",
    "kubeadm init phase upload-config all",
    ...END,
  ]);
});

it.each([
  [
    "a version that is older",
    { version: "1.35.4" },
    {},
    "this control plane runs Kubernetes 1.36.3, and 1.35.4 is older, but Kubernetes does not go back; give kubernetesVersion 1.36.3 or later",
  ],
  [
    "a minor version that is skipped",
    { version: "1.38.0" },
    {},
    "this control plane runs Kubernetes 1.36.3, and 1.38.0 is more than one minor version later; give a kubernetesVersion of 1.37 first",
  ],
  [
    "another API server that would be two minor versions older",
    { version: "1.37.2" },
    { servers: "web-0 r/kube-apiserver:v1.35.4" },
    "the API server on web-0 runs Kubernetes 1.35.4, and 1.37.2 is more than one minor version later; give a kubernetesVersion of 1.36 first",
  ],
  [
    "another API server that is newer",
    { version: "1.36.4" },
    { servers: "web-0 r/kube-apiserver:v1.37.2" },
    "the API server on web-0 runs Kubernetes 1.37.2, and 1.36.4 is older, but Kubernetes does not go back; give kubernetesVersion 1.37.2 or later",
  ],
  [
    "a kubelet that would be four minor versions older",
    { version: "1.37.2" },
    { kubelets: "worker-1 v1.33.9" },
    "the kubelet of worker-1 is v1.33.9, more than 3 minor versions older than 1.37.2; upgrade its pool first, or remove the node",
  ],
  [
    "another control plane that is not Ready",
    { version: "1.37.2" },
    { readiness: "web-0 Unknown\nweb-1 Unknown" },
    "control plane web-0 is not Ready, and while it is not, no other one restarts for an upgrade; start it again, or replace its machine",
  ],
])("refuses %s, and changes nothing", (_, wish, answers, reason) => {
  settled();
  node.says(answers as Record<string, string>);
  const { code, stderr, calls } = node.upgrade(wish);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `web-1: failed: ${reason}\nweb-1: failed: check the upgrade to Kubernetes ${wish.version}, after N s; its last lines are above\n`,
  });
  // The API is asked only where the machine itself does not know.
  expect(calls).toEqual(reason.startsWith("this control plane") ? [] : CHECKS);
  expect(node.versions).toEqual(["1.36.3", "3.6.8-0", "1.36.3"]);
});

it("waits for another control plane's maintenance, and names it when it does not end", () => {
  settled();
  node.says({ lease: "3" });
  const { code, stderr } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain("web-1: failed: another control plane is being changed, so this one is not; run again when it is done\n");
  node.says({ lease: "0" });
  expect(node.upgrade(WISH)).toMatchObject({ code: 0 });
});

it("takes no member of 3.7 among members that are too old, before anything is drained", () => {
  settled();
  const { code, stderr, calls } = node.upgrade({ version: "1.37.2", etcdTag: "3.7.0-0" });
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: etcd on web-0 runs 3.6.8, and only members of 3.6.11 and later take one of 3.7.0-0 among them; run once with etcd.etcdVersion 3.6.11-0\n",
  );
  expect(stderr).toMatch(
    /web-1: failed: the upgrade failed; see above\. This control plane runs Kubernetes 1\.36\.3 as before, with etcd 3\.6\.8-0, /,
  );
  expect(calls.filter((call) => /starts|cordon|drain|save/.test(call))).toEqual([]);
  expect(node.has("var/lib/caravan/settings-before")).toBe(false);
});

it("restarts no member while another one does not vote", () => {
  settled();
  node.says({ members: "web-0 3.6.8 voter\nweb-1 3.6.8 voter\nweb-2 3.6.8 learner" });
  const { code, stderr, calls } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: members of etcd do not answer or do not vote: web-2. No other one is restarted now; start them again, or replace their machines\n",
  );
  expect(calls.filter((call) => /starts|cordon|drain|save/.test(call))).toEqual([]);
});

it("names the budget and the pods when a drain does not end, and puts the node into service again", () => {
  settled();
  const labels = { app: "web" };
  const pod = (name: string, more: object = {}) => ({ metadata: { name, namespace: "shop", labels, ...more }, status: {} });
  node.says({
    "drain-ends-not": "",
    "pods.json": JSON.stringify({
      items: [
        pod("web-a"),
        { metadata: { name: "slow", namespace: "other" }, status: {} },
        pod("daemon", { ownerReferences: [{ kind: "DaemonSet" }] }),
        pod("static", { ownerReferences: [{ kind: "Node" }] }),
        { ...pod("done"), status: { phase: "Succeeded" } },
      ],
    }),
    "budgets.json": JSON.stringify({
      items: [
        {
          metadata: { name: "web", namespace: "shop" },
          spec: { selector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] } },
          status: { disruptionsAllowed: 0 },
        },
        { metadata: { name: "free", namespace: "other" }, spec: { selector: {} }, status: { disruptionsAllowed: 1 } },
      ],
    }),
  });
  const { code, stderr, calls } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: the drain of this node did not end within N s: PodDisruptionBudget shop/web allows no disruption of shop/web-a; " +
      "these pods have not ended: other/slow; start more replicas elsewhere, or change the budget\n",
  );
  expect(calls.at(-2)).toBe(UNCORDON);
  expect(node.versions).toEqual(["1.36.3", "3.6.8-0", "1.36.3"]);
  node.delete("run/drain-ends-not");
  expect(node.upgrade(WISH)).toMatchObject({ code: 0 });
});

it("leaves a node cordoned that a person has cordoned", () => {
  settled();
  node.says({ cordoned: "true" });
  const { code, calls } = node.upgrade(WISH);
  expect(code).toBe(0);
  expect(calls.filter((call) => /cordon /.test(call))).toEqual([]);
});

it("goes back to the version of before when a component does not run, but for etcd, which stays", () => {
  settled();
  node.says({ broken: "kube-scheduler:v1.37.2" });
  const { code, stderr, calls } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain("kube-scheduler: its last lines\n");
  expect(stderr).toContain(
    "failed: kube-scheduler does not run with its new settings (image: registry.k8s.io/kube-scheduler:v1.37.2); its last lines",
  );
  expect(stderr).toContain(
    "web-1: failed: the upgrade failed; see above. This control plane runs Kubernetes 1.36.3 as before, with etcd 3.6.11-0, and no other one was touched in this run\n",
  );
  expect(node.versions).toEqual(["1.36.3", "3.6.11-0", "1.36.3"]);
  expect(node.read("etc/kubernetes/caravan/init.yaml")).toBe("version 1.36.3\n");
  expect(calls.slice(-2)).toEqual([UNCORDON, "lease release web-1"]);
  node.delete("run/broken");
  expect(node.upgrade(WISH)).toMatchObject({ code: 0 });
  expect(node.versions).toEqual(["1.37.2", "3.6.11-0", "1.37.2"]);
});

it("leaves etcd that stays the CAs by which it runs", () => {
  settled();
  node.says({ broken: "kube-scheduler:v1.37.2" });
  expect(node.upgrade({ ...WISH, etcdCa: "CA 1, CA 2" })).toMatchObject({ code: 1 });
  expect([node.versions, node.read("etc/kubernetes/pki/etcd/ca.crt")]).toEqual([["1.36.3", "3.6.11-0", "1.36.3"], "CA 1, CA 2"]);
});

it("takes etcd back with the CAs of before when its version was not changed", () => {
  settled();
  node.says({ broken: "kube-scheduler:v1.37.2" });
  expect(node.upgrade({ version: "1.37.2", etcdTag: "3.6.8-0", etcdCa: "CA 1, CA 2" })).toMatchObject({ code: 1 });
  expect([node.versions, node.read("etc/kubernetes/pki/etcd/ca.crt")]).toEqual([["1.36.3", "3.6.8-0", "1.36.3"], "CA 1"]);
});

const ROTATION = { KEY_PHASES: "etcdCa=1:1,2" };
const KEY_CHECKS = [
  CHECKS[2],
  'kubectl --namespace kube-system get configmap caravan-key-phases --ignore-not-found --output go-template={{range $node, $phases := .data}}{{$node}} {{$phases}}{{"\\n"}}{{end}}',
];

it("checks other keys before an upgrade begins, and records them when both are done", () => {
  settled();
  const alone = node.upgrade(WISH).calls;
  node.remove();
  node = new UpgradedControlPlane();
  settled();
  const { code, calls } = node.upgrade(WISH, "", ROTATION);
  const record = calls.filter((call) => call.includes("patch configmap caravan-key-phases"));
  expect(record).toEqual([expect.stringContaining("kubectl --namespace kube-system patch configmap caravan-key-phases --type merge")]);
  expect([code, calls]).toEqual([0, [...KEY_CHECKS, ...alone.slice(0, -2), ...record, ...END]]);
  expect(node.read("var/lib/caravan/key-phases")).toBe(`${ROTATION.KEY_PHASES}\n`);
  expect(node.upgrade(WISH, "", ROTATION).calls).toEqual(["systemctl start kubelet", END[0]]);
});

it("begins no upgrade with keys that it refuses, and writes nothing", () => {
  settled();
  const { code, stderr, calls } = node.upgrade(WISH, "", { KEY_PHASES: "etcdCa=2:1,2" });
  expect([code, calls]).toEqual([1, KEY_CHECKS]);
  expect(stderr).toContain("etcdCa: generation 2 is to be used, and web-0 does not trust it yet;");
  const begun = ["upgrading", "settings-before", "key-phases", "key-phases-checked"].filter((file) => node.has(`var/lib/caravan/${file}`));
  expect([begun, node.versions, node.read("run/kubeadm")]).toEqual([[], ["1.36.3", "3.6.8-0", "1.36.3"], "1.36.3\n"]);
});

it("records no keys when the upgrade is taken back", () => {
  settled();
  node.says({ broken: "kube-scheduler:v1.37.2" });
  expect(node.upgrade(WISH, "", ROTATION)).toMatchObject({ code: 1 });
  expect(node.has("var/lib/caravan/key-phases")).toBe(false);
  node.delete("run/broken");
  expect(node.upgrade(WISH, "", ROTATION)).toMatchObject({ code: 0 });
  expect(node.read("var/lib/caravan/key-phases")).toBe(`${ROTATION.KEY_PHASES}\n`);
});

it("takes etcd back, too, when it does not run with its new version", () => {
  settled();
  node.says({ broken: "etcd:3.6.11-0" });
  const { code, stderr } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain("This control plane runs Kubernetes 1.36.3 as before, with etcd 3.6.8-0, and");
  expect(node.versions).toEqual(["1.36.3", "3.6.8-0", "1.36.3"]);
});

it("says that the components stay when the kubelet does not run with its version, and goes on with it later", () => {
  settled();
  const breaks = '\nrestart_upgraded_kubelet() { echo "kubelet: its last lines"; fail "the kubelet does not run"; }';
  const { code, stderr, calls } = node.upgrade(WISH, breaks);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: the components of this control plane run Kubernetes 1.37.2, and its kubelet does not; see above. The next run goes on with the kubelet\n",
  );
  expect(calls.slice(-2)).toEqual([UNCORDON, "lease release web-1"]);
  const again = node.upgrade(WISH);
  expect(again.code).toBe(0);
  expect(again.calls).toEqual([
    "systemctl start kubelet",
    "lease take web-1",
    "lease take web-1",
    ...CORDON,
    DRAIN,
    ...NEW_KUBELET,
    UNCORDON,
    ...END,
  ]);
});

it("drains nothing while the kubelet does not run, which the run is to cure", () => {
  settled();
  node.write("run/kubelet-breaks");
  const cures = "\nrestart_upgraded_kubelet() { rm /run/kubelet-breaks; said kubelet >/run/kubelet-runs; }";
  const { code, calls } = node.upgrade(WISH, cures);
  expect(code).toBe(0);
  expect(calls.filter((call) => /cordon|drain/.test(call))).toEqual([CORDON[1], UNCORDON]);
});

it("fails before anything changes when an image cannot be pulled", () => {
  settled();
  node.write("run/no-images");
  const { code, stderr, calls } = node.upgrade(WISH);
  expect(code).toBe(1);
  expect(stderr).toContain("failed to pull image\nweb-1: failed: pull images, after N s; its last lines are above\n");
  expect(calls.filter((call) => /starts|cordon|drain|save/.test(call))).toEqual([]);
});

/** Ends the script, as a killed machine does, when a function is called. */
const killedIn = (name: string) =>
  `\n${name}() { local own=$BASHPID; kill -KILL $$ $(ps -o ppid= -p $own) $(ps -o ppid= -p $(ps -o ppid= -p $own)) $own; }`;

it.each([
  ["pull_images"],
  ["save_etcd"],
  ["drain_own_node"],
  ["end_api_server"],
  ["after_new_manifest"],
  ["upload_settings"],
  ["kubelet_configuration"],
  ["restart_upgraded_kubelet"],
  ["return_own_node"],
])("ends well after it was killed in %s", (name) => {
  settled();
  expect(node.upgrade(WISH, killedIn(name)).code).toBe(null);
  const { code, stderr, calls } = node.upgrade(WISH);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("web-1: runs Kubernetes 1.37.2\n") });
  expect(node.versions).toEqual(["1.37.2", "3.6.11-0", "1.37.2"]);
  expect(node.has("run/cordoned")).toBe(false);
  expect(calls.at(-1)).toBe("lease release web-1");
  expect(node.upgrade(WISH).calls).toEqual(["systemctl start kubelet", END[0]]);
});
