import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { commandsInput } from "../../../lib/node/setup.ts";
import { current, ScriptedNode } from "../../support/scripted-node.ts";

const INIT = "kubeadm init --config /etc/kubernetes/caravan/init.yaml --skip-token-print";
const JOIN = "kubeadm join --config /etc/kubernetes/caravan/join.yaml";
const RESET = "kubeadm reset --force";
const FORGET_TOKEN =
  "kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system delete secret --field-selector type=bootstrap.kubernetes.io/token";
const ADMIN = "--kubeconfig /run/caravan/admin.conf --server https://10.40.0.21:6443 --request-timeout 30s";
const LOOK_FOR_PREDECESSOR = [
  "kubeadm init phase kubeconfig admin --config /etc/kubernetes/caravan/init.yaml --kubeconfig-dir /run/caravan",
  `kubectl ${ADMIN} get node web-1 --ignore-not-found --output jsonpath={.spec.providerID}`,
];
/** Lines of the API servers' images, which are all of the same version here. */
const IMAGES = 'jsonpath={range .items[*]}{.spec.nodeName} {.spec.containers[0].image}{"\\n"}{end}';
const LOOK_FOR_VERSIONS = `kubectl ${ADMIN} --namespace kube-system get pods --selector component=kube-apiserver --output ${IMAGES}`;
const FORGET_MEMBER = [
  "kubeadm init phase certs etcd-healthcheck-client --config /etc/kubernetes/caravan/init.yaml",
  "remove_stale_member web-1 https://10.40.0.20:2380 https://10.40.0.21:2379",
];
const LOCAL = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s --server https://10.40.0.20:6443";
const TAINTED = [
  `${LOCAL} taint --overwrite node web-1 node-role.kubernetes.io/control-plane:NoSchedule`,
  `${LOCAL} label --overwrite node web-1 node.kubernetes.io/exclude-from-external-load-balancers=`,
];
/** Calls at the end of every run: tokens give no node certificates, and this node's addresses are recorded. */
const GUARD = [
  `${LOCAL} delete --ignore-not-found --wait=false --namespace kube-public ` +
    "clusterrolebinding/kubeadm:kubelet-bootstrap clusterrolebinding/kubeadm:node-autoapprove-bootstrap clusterrolebinding/kubeadm:get-nodes " +
    "clusterrole/kubeadm:get-nodes rolebinding/kubeadm:bootstrap-signer-clusterinfo role/kubeadm:bootstrap-signer-clusterinfo",
  "write_record caravan-nodes-control-planes web-1 id-1 10.40.0.20,203.0.113.10",
  `${LOCAL} --namespace kube-system get configmap kubelet-config --output jsonpath={.data.kubelet}`,
  ...TAINTED,
  "systemctl enable --now caravan-approve.timer caravan-certificates.timer",
];

/** Stubs. APIs with a file in /run/answers answer. kubeadm starts the API on this machine, unless it is told to break. */
const commands = `
${current}
PEER_SECONDS=0
certificates() { :; }
ca_certificates() { :; }
curl() { [[ -e /run/answers/$(sed 's|.*https://||; s|/readyz||' <<<"$*") ]]; }
remove_stale_member() { record remove_stale_member "$@"; }
write_record() { record write_record "$1" "$(cat)"; }
sign_node() { CLIENT_CERTIFICATE=Y2VydA== CLIENT_KEY=a2V5; }
start_virtual_address() { [[ -z $VIRTUAL_ADDRESS ]] || record start_virtual_address; }
kubectl() {
  record kubectl "$@"
  case "$*" in
    *"get node"*) cat /run/provider 2>/dev/null || true ;;
    *"get configmap kubeadm-config"*) cat /run/kubeadm-config 2>/dev/null || echo "kubernetesVersion: v1.36.3" ;;
  esac
}
kubeadm() {
  record kubeadm "$@"
  [[ ! -e /run/kubeadm-breaks || $1 == reset ]] || return 1
  case "$*" in
    reset*) rm -f "/run/answers/$NODE_ADDRESS:6443" /etc/kubernetes/manifests/* ;;
    *"kubeconfig admin"*) echo "    server: https://api:6443" >/run/caravan/admin.conf ;;
    init* | join*) touch "/run/answers/$NODE_ADDRESS:6443" ;;
  esac
}`;

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("run/answers/none");
});
afterEach(() => node.remove());

function start(variables: Record<string, string> = {}, stubs = "") {
  const files = [{ path: `${node.folder}/etc/kubernetes/pki/ca.crt`, mode: "0644", content: "ca" }];
  const peers = "10.40.0.20:6443 10.40.0.21:6443";
  const input = {
    FIRST_RUN: "yes",
    RESTORE: "",
    FIRST_NODE: "web-1",
    PEERS: peers,
    ETCD: "stacked",
    KUBERNETES_VERSION: "1.36.3",
    VIRTUAL_ADDRESS: "",
    API_ADDRESSES: "203.0.113.10",
    SCHEDULABLE: "",
    KEY_PHASES: "",
    ...commandsInput(),
    FILES: encodeNodeFiles(files),
    ...variables,
  };
  return node.runNodeScript("controlPlane", input, `${commands}\n${stubs}`);
}

it("starts the cluster in a first run of the initial control plane, when nothing answers", () => {
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([INIT, FORGET_TOKEN, ...GUARD]);
});

it("lets workloads onto control planes that are schedulable, now and later", () => {
  const get = `${LOCAL} get node web-1 --output jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}`;
  const unlabel = `${LOCAL} label node web-1 node.kubernetes.io/exclude-from-external-load-balancers-`;
  const untaint = `${LOCAL} taint node web-1 node-role.kubernetes.io/control-plane:NoSchedule-`;
  node.write("run/provider", "node-role.kubernetes.io/control-plane:NoSchedule ");
  expect(start({ SCHEDULABLE: "yes" })).toMatchObject({ code: 0 });
  expect(node.calls.slice(-4)).toEqual([get, untaint, unlabel, "systemctl enable --now caravan-approve.timer caravan-certificates.timer"]);
  node.write("run/provider", "other:NoExecute ");
  expect(start({ SCHEDULABLE: "yes" })).toMatchObject({ code: 0 });
  expect(node.calls.slice(-3)).toEqual([get, unlabel, "systemctl enable --now caravan-approve.timer caravan-certificates.timer"]);
});

it.each([
  ["has the DNS servers' file of all machines taken out of the settings of kubelets", "", true],
  ["keeps the one that the settings give", "resolvConf: /etc/resolv.conf\n", false],
])("%s", (_, init, expected) => {
  node.write("etc/kubernetes/caravan/init.yaml", init);
  const stub = `kubectl() { record kubectl "$@"; [[ $* != *kubelet-config* ]] || echo "resolvConf: /run/systemd/resolve/resolv.conf"; }`;
  expect(start({}, stub)).toMatchObject({ code: 0 });
  const upload =
    "kubeadm init phase upload-config kubelet --config /etc/kubernetes/caravan/init.yaml --kubeconfig /etc/kubernetes/admin.conf";
  expect(node.calls.includes(upload)).toBe(expected);
});

it("labels its Node with its place, in every run", () => {
  const TOPOLOGY = "topology.kubernetes.io/zone=a";
  expect(start({ TOPOLOGY })).toMatchObject({ code: 0 });
  expect(node.calls).toContain(`${LOCAL} label --overwrite node web-1 ${TOPOLOGY}`);
});

it("leaves no credential that RBAC cannot restrict", () => {
  node.write("etc/kubernetes/super-admin.conf", "what kubeadm init wrote");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.has("etc/kubernetes/super-admin.conf")).toBe(false);
});

it("joins the cluster when another control plane answers, even as the initial control plane", () => {
  node.write("run/answers/10.40.0.21:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...LOOK_FOR_PREDECESSOR, ...FORGET_MEMBER, LOOK_FOR_VERSIONS, JOIN, ...GUARD]);
});

it("replaces a lost machine: removes its Node and its etcd member before the new one joins", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-0");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    ...LOOK_FOR_PREDECESSOR,
    `kubectl ${ADMIN} delete node web-1 --wait=false`,
    ...FORGET_MEMBER,
    LOOK_FOR_VERSIONS,
    JOIN,
    ...GUARD,
  ]);
});

it("keeps its own Node when a join is retried, and does not change an etcd on other machines", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-1");
  expect(start({ ETCD: "external" })).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...LOOK_FOR_PREDECESSOR, LOOK_FOR_VERSIONS, JOIN, ...GUARD]);
  expect(node.has("run/caravan/admin.conf")).toBe(false);
});

it("holds the virtual address before kubeadm connects to it", () => {
  expect(start({ VIRTUAL_ADDRESS: "10.40.0.5" })).toMatchObject({ code: 0 });
  expect(node.calls.slice(0, 2)).toEqual(["start_virtual_address", INIT]);
});

it("never starts a second cluster on a machine that replaces the initial control plane", () => {
  expect(start({ FIRST_RUN: "" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: no control plane answers at 10.40.0.20:6443 10.40.0.21:6443, and this cluster was started before: this machine " +
        "does not start a second one. Start one of the others again, or restore etcd; if nothing is to be kept of the cluster, " +
        "replace the command that was to start it (pulumi up --replace, with the URN of web-1-kubeadm)\n",
    ),
  });
  expect(node.calls).toEqual([]);
});

it("never starts a cluster as any other control plane", () => {
  expect(start({ FIRST_NODE: "web-0" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: no control plane answers at 10.40.0.20:6443 10.40.0.21:6443, and only web-0 starts a cluster. " +
        "Start one of the others again, or restore etcd\n",
    ),
  });
  expect(node.calls).toEqual([]);
});

it("changes nothing in a further run", () => {
  start();
  const before = node.calls;
  expect(start()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: is a control plane already\n") });
  expect(node.calls.slice(before.length)).toEqual(["systemctl start kubelet", ...GUARD]);
});

it("clears an interrupted start, then starts again, whether or not its API already answers", () => {
  node.write("etc/kubernetes/manifests/etcd.yaml");
  node.write("etc/kubernetes/kubelet.conf");
  node.write("var/lib/etcd/member/snap/db");
  node.write("run/answers/10.40.0.20:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([RESET, INIT, FORGET_TOKEN, ...GUARD]);
  expect(node.has("var/lib/etcd/member")).toBe(false);
});

it("clears an interrupted join, then joins again", () => {
  node.write("etc/kubernetes/kubelet.conf");
  node.write("run/answers/10.40.0.21:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([RESET, ...LOOK_FOR_PREDECESSOR, ...FORGET_MEMBER, LOOK_FOR_VERSIONS, JOIN, ...GUARD]);
});

it("records that kubeadm is done even if the connection was lost", () => {
  expect(start({}, 'log() { [[ $* != "kubeadm init"* ]] || kill -PIPE $$; }')).toMatchObject({ code: null });
  const before = node.calls;
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls.slice(before.length)).toEqual(["systemctl start kubelet", ...GUARD]);
});

it("joins with a credential of its own node, which exists only during the join", () => {
  node.write("run/answers/10.40.0.21:6443");
  expect(
    start({}, 'join_seen() { cat /run/caravan/discovery.conf >/run/seen; }; mark_ready() { join_seen; settings_digest >"$READY"; }'),
  ).toMatchObject({
    code: 0,
  });
  expect(parse(node.read("run/seen"))).toMatchObject({
    clusters: [{ cluster: { server: "https://10.40.0.21:6443", "certificate-authority-data": Buffer.from("ca").toString("base64") } }],
    users: [{ user: { "client-certificate-data": "Y2VydA==", "client-key-data": "a2V5" } }],
  });
  expect(credentials()).toEqual([false, false, []]);
});

it("removes the credential when kubeadm fails, too", () => {
  node.write("run/answers/10.40.0.21:6443");
  const breaks = "kubeadm() { [[ $1 != join ]] || { touch /etc/kubernetes/bootstrap-kubelet.conf; return 1; }; }";
  expect(start({}, breaks)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^web-1: failed: kubeadm join, after \d s/m) });
  expect(credentials()).toEqual([false, false, []]);
});

/** Stubs of a cluster whose control planes run Kubernetes 1.36.3, and whose members of etcd have these versions. */
const mixed = (etcd: string) => `
use_own_etcd_certificates() { :; }
etcd_member_versions() { record etcd_member_versions "$@"; echo "web-0 ${etcd}"; }
kubectl() {
  record kubectl "$@"
  [[ $* != *component=kube-apiserver* ]] || echo "web-0 registry.k8s.io/kube-apiserver:v1.36.3"
}`;
const NEW = { KUBERNETES_VERSION: "1.37.2", FIRST_RUN: "" };

it("joins with its version while the others run an earlier one: kubeadm takes the versions from the cluster", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("etc/kubernetes/caravan/init.yaml", "    imageTag: 3.6.11-0\n");
  expect(start(NEW, mixed("3.6.8"))).toMatchObject({ code: 0 });
  const from = node.calls.indexOf(LOOK_FOR_VERSIONS);
  expect(node.calls.slice(from, node.calls.indexOf(JOIN))).toEqual([
    LOOK_FOR_VERSIONS,
    "etcd_member_versions https://10.40.0.21:2379 2379",
    `kubectl ${ADMIN} get clusterrolebinding kubeadm:apiserver-kubelet-client --ignore-not-found --output name`,
    `kubectl ${ADMIN} create clusterrolebinding kubeadm:apiserver-kubelet-client --clusterrole system:kubelet-api-admin --user kube-apiserver-kubelet-client`,
    `kubectl ${ADMIN} --namespace kube-system get configmap caravan-upgrade --ignore-not-found --output name`,
    `kubectl ${ADMIN} --namespace kube-system create configmap caravan-upgrade`,
    `kubectl ${ADMIN} --namespace kube-system patch configmap caravan-upgrade --type merge --patch {"data":{"version":"1.37.2"}}`,
    "kubeadm init phase upload-config kubeadm --config /etc/kubernetes/caravan/init.yaml --kubeconfig /run/caravan/peer.conf",
  ]);
});

it("does not join with a member of etcd that the others do not take, nor two minor versions ahead", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("etc/kubernetes/caravan/init.yaml", "    imageTag: 3.7.0-0\n");
  expect(start(NEW, mixed("3.6.8"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("web-1: failed: etcd on web-0 runs 3.6.8, and only members of 3.6.11 and later take one of 3.7.0-0"),
  });
  expect(start({ ...NEW, KUBERNETES_VERSION: "1.38.0" }, mixed("3.6.8"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: the API server on web-0 runs Kubernetes 1.36.3, and 1.38.0 is more than one minor version later",
    ),
  });
  expect(node.calls).not.toContain(JOIN);
});

/** Reads the credentials on the machine. */
function credentials() {
  const left = readdirSync(`${node.folder}/run/caravan`).filter((file) => file.startsWith("signing"));
  return [node.has("run/caravan/discovery.conf"), node.has("etc/kubernetes/bootstrap-kubelet.conf"), left];
}

/** Calls of every run with a restore, before those of GUARD: it is recorded in etcd, and the Node is looked at. */
const PROVIDER = `${LOCAL} get node web-1 --ignore-not-found --output jsonpath={.spec.providerID}`;
const RECORDS = `
etcd_call() { [[ -e /run/recorded ]] && echo '{"kvs": []}'; }
etcd_retry() { record etcd_retry "$2" "$3"; }`;
const RECORD = "etcd_retry https://127.0.0.1:2379 kv/put";
const MARK = "var/lib/caravan/etcd-restored";
/** Calls of the first run after a restore: the cluster gets the settings of now. */
const LOOK_FOR_SETTINGS = `${LOCAL} --namespace kube-system get configmap kubeadm-config --output jsonpath={.data.ClusterConfiguration}`;
const UPLOAD = "kubeadm init phase upload-config all --config /etc/kubernetes/caravan/init.yaml --kubeconfig /etc/kubernetes/admin.conf";
const FOLLOW = [LOOK_FOR_SETTINGS, UPLOAD];

it("leaves the cluster of before a restore once, and joins the restored one, whose Node of this machine is of before", () => {
  node.write("var/lib/caravan/control-plane-ready", "digest");
  node.write("etc/kubernetes/kubelet.conf");
  node.write("var/lib/etcd/member/wal/0.wal");
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-1");
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14" }, RECORDS)).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => !call.startsWith("systemctl stop"))).toEqual([
    "kubeadm reset --force --skip-phases remove-etcd-member",
    RESET,
    ...LOOK_FOR_PREDECESSOR,
    `kubectl ${ADMIN} delete node web-1 --wait=false`,
    ...FORGET_MEMBER,
    LOOK_FOR_VERSIONS,
    JOIN,
    RECORD,
    PROVIDER,
    ...FOLLOW,
    ...GUARD,
  ]);
  expect(node.has("var/lib/etcd/member")).toBe(false);
  expect(node.read(MARK)).toBe("2027-01-14\n");
  expect(node.has("var/lib/caravan/joins-again")).toBe(false);

  const before = node.calls.length;
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14" }, RECORDS)).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual(["systemctl start kubelet", RECORD, PROVIDER, ...GUARD]);
});

it("records its keys anew once after a restore, because the record is as old as the snapshot", () => {
  const KEY_PHASES = "frontProxyCa=2:2";
  const restored = { FIRST_RUN: "", RESTORE: "2027-01-14", KEY_PHASES };
  const patches = () => node.calls.filter((call) => call.includes("patch configmap caravan-key-phases")).length;
  expect(start({ KEY_PHASES })).toMatchObject({ code: 0 });
  expect(patches()).toBe(1);

  node.write(MARK, "2027-01-14\n");
  expect(start(restored, `${RECORDS}\nrecord_key_phases() { return 1; }`)).toMatchObject({ code: 1 });
  expect(patches()).toBe(1);
  expect(start(restored, RECORDS)).toMatchObject({ code: 0 });
  expect(patches()).toBe(2);
  expect(start(restored, RECORDS)).toMatchObject({ code: 0 });
  expect(patches()).toBe(2);
});

it("stays in the restored cluster when it joined that without knowing of the restore", () => {
  node.write("run/answers/10.40.0.21:6443");
  expect(start({}, RECORDS)).toMatchObject({ code: 0 });
  node.write("run/recorded");
  node.write("run/provider", "openstack:///id-1");
  const before = node.calls.length;
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14" }, RECORDS)).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual(["systemctl start kubelet", RECORD, PROVIDER, ...FOLLOW, ...GUARD]);
  expect(node.read(MARK)).toBe("2027-01-14\n");
});

it("starts the cluster from restored data on a new initial control plane, although it was started before", () => {
  node.write(MARK, "2027-01-14\n");
  node.write("var/lib/etcd/member/wal/0.wal", "restored");
  node.write("run/provider", "openstack:///id-0");
  const restored = { FIRST_RUN: "", RESTORE: "2027-01-14" };
  const init = `${INIT} --ignore-preflight-errors DirAvailable--var-lib-etcd`;
  node.write("run/kubeadm-breaks");
  expect(start(restored, RECORDS)).toMatchObject({ code: 1 });
  expect(node.calls).toEqual([init]);
  // What an interrupted start leaves is cleared, and the data stays.
  node.write("etc/kubernetes/manifests/etcd.yaml");
  node.delete("run/kubeadm-breaks");
  expect(start(restored, RECORDS)).toMatchObject({ code: 0 });
  expect(node.read("var/lib/etcd/member/wal/0.wal")).toBe("restored");
  expect(node.calls.slice(1)).toEqual(
    [
      RESET,
      init,
      FORGET_TOKEN,
      RECORD,
      PROVIDER,
      `${LOCAL} delete node web-1 --wait=false`,
      "systemctl restart kubelet",
      `${LOCAL} get node web-1`,
      "kubeadm init phase mark-control-plane --config /etc/kubernetes/caravan/init.yaml",
      ...FOLLOW,
      ...GUARD,
    ].map((call) => (call.startsWith("--kubeconfig") ? `kubectl ${call}` : call)),
  );
});

it("joins a restored cluster of a later version, although an upgrade to it has not reached this machine", () => {
  node.write("var/lib/caravan/control-plane-ready", "digest");
  node.write("var/lib/caravan/upgrading", "1.37.2");
  node.write("etc/kubernetes/kubelet.conf");
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-1");
  node.write("run/kubeadm-config", "apiVersion: kubeadm.k8s.io/v1beta4\nkubernetesVersion: v1.36.3\n");
  const stubs = `${RECORDS}
kubeadm_version() { cat /run/has-kubernetes 2>/dev/null || echo v1.36.3; }
kubelet_version() { echo "Kubernetes $(kubeadm_version)"; }
install_kubernetes() { record install_kubernetes "$@"; echo v1.37.2 >/run/has-kubernetes; }
server_images() { echo "web-2 registry.k8s.io/kube-apiserver:v1.37.2"; }`;
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14", KUBERNETES_VERSION: "1.37.2" }, stubs)).toMatchObject({ code: 0 });
  const calls = node.calls.filter((call) => !call.startsWith("systemctl stop"));
  expect(calls.slice(0, 3)).toEqual(["kubeadm reset --force --skip-phases remove-etcd-member", "install_kubernetes", RESET]);
  const after = calls.slice(calls.indexOf(PROVIDER) + 1, calls.indexOf(UPLOAD) + 1);
  const record = `${LOCAL} --namespace kube-system`;
  expect(after).toEqual([
    LOOK_FOR_SETTINGS,
    `${LOCAL} get clusterrolebinding kubeadm:apiserver-kubelet-client --ignore-not-found --output name`,
    `${LOCAL} create clusterrolebinding kubeadm:apiserver-kubelet-client --clusterrole system:kubelet-api-admin --user kube-apiserver-kubelet-client`,
    `${record} get configmap caravan-upgrade --ignore-not-found --output name`,
    `${record} create configmap caravan-upgrade`,
    `${record} patch configmap caravan-upgrade --type merge --patch {"data":{"version":"1.37.2"}}`,
    UPLOAD,
  ]);
  expect(node.has("var/lib/caravan/upgrading")).toBe(false);
});
