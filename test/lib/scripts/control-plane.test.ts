import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node-files.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

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
const FORGET_MEMBER = [
  "kubeadm init phase certs etcd-healthcheck-client --config /etc/kubernetes/caravan/init.yaml",
  "remove_stale_member web-1 https://10.40.0.20:2380 https://10.40.0.21:2379",
];
const ENABLE_APPROVER = "systemctl enable --now caravan-approve.timer";

/** APIs answer that have a file in /run/answers; kubeadm starts the one on this machine, unless it is told to break. */
const commands = `
PEER_SECONDS=0
curl() { [[ -e /run/answers/$(sed 's|.*https://||; s|/readyz||' <<<"$*") ]]; }
remove_stale_member() { record remove_stale_member "$@"; }
start_virtual_address() { [[ -z $VIRTUAL_ADDRESS ]] || record start_virtual_address; }
kubectl() {
  record kubectl "$@"
  case "$*" in
    *"get node"*) cat /run/provider 2>/dev/null || true ;;
  esac
}
kubeadm() {
  record kubeadm "$@"
  [[ ! -e /run/kubeadm-breaks || $1 == reset ]] || return 1
  case "$*" in
    reset*) rm -f "/run/answers/$NODE_ADDRESS:6443" /etc/kubernetes/manifests/* ;;
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
  const files = [{ path: `${node.folder}/etc/kubernetes/caravan/discovery.conf`, mode: "0600", content: "credential" }];
  const peers = "10.40.0.20:6443 10.40.0.21:6443";
  const input = {
    FIRST_RUN: "yes",
    FIRST_NODE: "web-1",
    PEERS: peers,
    ETCD: "stacked",
    VIRTUAL_ADDRESS: "",
    FILES: encodeNodeFiles(files),
    ...variables,
  };
  return node.runNodeScript("controlPlane", input, `${commands}\n${stubs}`);
}

it("starts the cluster in a first run in the first control plane's place, when nothing answers", () => {
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([INIT, FORGET_TOKEN, ENABLE_APPROVER]);
});

it("leaves nothing with which somebody could do what no role allows", () => {
  node.write("etc/kubernetes/super-admin.conf", "what kubeadm init wrote");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.has("etc/kubernetes/super-admin.conf")).toBe(false);
});

it("joins the cluster when another control plane answers, even on the first machine", () => {
  node.write("run/answers/10.40.0.21:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...LOOK_FOR_PREDECESSOR, ...FORGET_MEMBER, JOIN, ENABLE_APPROVER]);
});

it("takes the place of a lost machine: its Node and its member of etcd go before the new one joins", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-0");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    ...LOOK_FOR_PREDECESSOR,
    `kubectl ${ADMIN} delete node web-1 --wait=false`,
    ...FORGET_MEMBER,
    JOIN,
    ENABLE_APPROVER,
  ]);
});

it("keeps its own Node when a join is repeated, and leaves an etcd on other machines alone", () => {
  node.write("run/answers/10.40.0.21:6443");
  node.write("run/provider", "openstack:///id-1");
  expect(start({ ETCD: "external" })).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...LOOK_FOR_PREDECESSOR, JOIN, ENABLE_APPROVER]);
  expect(node.has("run/caravan/admin.conf")).toBe(false);
});

it("holds the virtual address before kubeadm asks for it", () => {
  expect(start({ VIRTUAL_ADDRESS: "10.40.0.5" })).toMatchObject({ code: 0 });
  expect(node.calls.slice(0, 2)).toEqual(["start_virtual_address", INIT]);
});

it("never starts a second cluster on a machine that takes the place of the first one", () => {
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

it("never starts a cluster in the place of another control plane", () => {
  expect(start({ FIRST_NODE: "web-0" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: no control plane answers at 10.40.0.20:6443 10.40.0.21:6443, and only web-0 starts a cluster. " +
        "Start one of the others again, or restore etcd\n",
    ),
  });
  expect(node.calls).toEqual([]);
});

it("leaves a control plane alone when it is run again", () => {
  start();
  const before = node.calls;
  expect(start()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: is a control plane already\n") });
  expect(node.calls.slice(before.length)).toEqual(["systemctl start kubelet", ENABLE_APPROVER]);
});

it("clears a start that was interrupted, then starts anew, whether or not its API already answers", () => {
  node.write("etc/kubernetes/manifests/etcd.yaml");
  node.write("etc/kubernetes/kubelet.conf");
  node.write("var/lib/etcd/member/snap/db");
  node.write("run/answers/10.40.0.20:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([RESET, INIT, FORGET_TOKEN, ENABLE_APPROVER]);
  expect(node.has("var/lib/etcd/member")).toBe(false);
});

it("clears a join that was interrupted, then joins anew", () => {
  node.write("etc/kubernetes/kubelet.conf");
  node.write("run/answers/10.40.0.21:6443");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([RESET, ...LOOK_FOR_PREDECESSOR, ...FORGET_MEMBER, JOIN, ENABLE_APPROVER]);
});

it("knows that kubeadm was done even if nobody listened any more", () => {
  expect(start({}, 'log() { [[ $* != "kubeadm init"* ]] || kill -PIPE $$; }')).toMatchObject({ code: null });
  const before = node.calls;
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls.slice(before.length)).toEqual(["systemctl start kubelet", ENABLE_APPROVER]);
});

it("keeps the joining credential only while it is needed", () => {
  start();
  expect(node.has("etc/kubernetes/caravan/discovery.conf")).toBe(false);
});

it("takes the joining credential away when kubeadm fails, too", () => {
  node.write("run/kubeadm-breaks");
  expect(start()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^web-1: failed: kubeadm init, after \d s/m) });
  expect(node.has("etc/kubernetes/caravan/discovery.conf")).toBe(false);
});
