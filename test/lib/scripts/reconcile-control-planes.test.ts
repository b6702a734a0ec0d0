import { afterEach, beforeEach, expect, it } from "vitest";
import { ScriptedNode } from "../../support/scripted-node.ts";

const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s ";
const LOOK_FOR_UPGRADE = "--namespace kube-system get configmap caravan-upgrade --ignore-not-found --output name";
const DRAIN = "--ignore-daemonsets --delete-emptydir-data --force --timeout 300s";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Runs the script. The API does not answer the request of this number after a removal. */
function reconcile(nodes: string, variables: Record<string, string>, refusedAnswer = 0) {
  const stubs = `
    remove_stale_member() { record remove_stale_member "$@"; }
    sleep() { :; }
    api_answers() {
      record api_answers
      (($(grep --count api_answers "${node.folder}/calls") != ${refusedAnswer}))
    }
    kubectl() {
      [[ $* == *" get "* || $* == *" patch "* ]] || record kubectl "$@"
      case $* in
        *" patch configmap caravan-nodes-control-planes "*) record note "$(cat "\${13}")" ;;
        *" patch configmap caravan-certificates "*) record note "\${13}" ;;
        *" get nodes "*) echo '${nodes}' ;;
        *InternalIP*) grep --only-matching "control-plane-[0-9]" <<<"$*" | tail -c 2 | sed s/^/10.40.0.1/ ;;
        *Ready*) echo True ;;
      esac
    }`;
  return node.runNodeScript("reconcileControlPlanes", { ETCD: "stacked", KUBERNETES_VERSION: "1.37.2", ...variables }, stubs);
}

const changes = () => node.calls.map((call) => call.replace(KUBECTL, ""));
const answers = (count: number) => Array.from({ length: count }, () => "api_answers");
const drain = (name: string) => [`cordon ${name}`, `drain ${name} ${DRAIN}`];
const deletion = (name: string) => [
  `delete node ${name} --wait=false --ignore-not-found`,
  `note {"metadata":{"labels":{"caravan.dev/record":"nodes"}},"data":{"${name}":null}}`,
  `note {"data":{"${name}":null}}`,
];

it("removes no wanted control plane", () => {
  const names = "ha-control-plane-0 ha-control-plane-1 ha-control-plane-2";
  expect(reconcile(names, { WANTED_NODES: names })).toMatchObject({ code: 0 });
  expect(changes()).toEqual([]);
});

it("removes the others from etcd and from the cluster, one after another", () => {
  const names = "ha-control-plane-0 ha-control-plane-1 ha-control-plane-2";
  expect(reconcile(names, { WANTED_NODES: "ha-control-plane-0" })).toMatchObject({ code: 0 });
  expect(changes()).toEqual([
    ...drain("ha-control-plane-1"),
    "remove_stale_member ha-control-plane-1 https://10.40.0.11:2380 https://127.0.0.1:2379",
    ...deletion("ha-control-plane-1"),
    ...drain("ha-control-plane-2"),
    "remove_stale_member ha-control-plane-2 https://10.40.0.12:2380 https://127.0.0.1:2379",
    ...deletion("ha-control-plane-2"),
    ...answers(20),
  ]);
});

it("waits until no request meets an API server that has lost its etcd", () => {
  const { code, stderr } = reconcile("ha-control-plane-0 ha-control-plane-1", { WANTED_NODES: "ha-control-plane-0" }, 3);
  expect(code).toBe(0);
  expect(changes().slice(-23)).toEqual(answers(23));
  expect(stderr).toMatch(/steady answers of the API without ha-control-plane-1 \(\d+ s\)/);
});

it("does not change an etcd on its own machines", () => {
  expect(reconcile("ha-control-plane-0 ha-control-plane-1", { WANTED_NODES: "ha-control-plane-0", ETCD: "external" })).toMatchObject({
    code: 0,
  });
  expect(changes()).toEqual([...drain("ha-control-plane-1"), ...deletion("ha-control-plane-1"), ...answers(20)]);
});

it("scales CoreDNS when its replicas are given", () => {
  expect(reconcile("web-1", { WANTED_NODES: "web-1", DNS_REPLICAS: "64" })).toMatchObject({ code: 0 });
  expect(changes()).toEqual(["scale deployment coredns --namespace kube-system --replicas 64"]);
});

/** Removes a control plane while kubectl fails at each of its first commands with a message. */
function reconcileWith(message: string, failures: number) {
  const failing = `
    sleep() { record sleep "$@"; }
    kubectl() {
      record kubectl "$@"
      (($(grep --count kubectl "${node.folder}/calls") > ${failures})) || { echo '${message}' >&2; return 1; }
      [[ $* != *" get nodes "* ]] || echo ha-control-plane-0
    }`;
  return node.runNodeScript(
    "reconcileControlPlanes",
    { ETCD: "stacked", KUBERNETES_VERSION: "1.37.2", WANTED_NODES: "ha-control-plane-0" },
    failing,
  );
}

it.each([
  "Unable to connect to the server: context deadline exceeded",
  "The connection to the server 10.40.0.5:6443 was refused - did you specify the right host or port?",
  "Error from server: etcdserver: leader changed",
  "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
])("retries while an API server stops and another takes over: %s", (message) => {
  const get = "get nodes --selector node-role.kubernetes.io/control-plane --output jsonpath={.items[*].metadata.name}";
  expect(reconcileWith(message, 2)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(changes()).toEqual([get, "sleep 2", get, "sleep 2", get, LOOK_FOR_UPGRADE]);
});

it("does not retry when the API refuses, and shows why", () => {
  const message = "Error from server (Forbidden): nodes is forbidden";
  const stderr = `${message}\nweb-1: failed: the Kubernetes API does not answer on this control plane; look at kube-apiserver and etcd there\n`;
  expect(reconcileWith(message, 1)).toEqual({ code: 1, stdout: "", stderr });
  expect(changes()).toHaveLength(1);
});

/** Runs the script after an upgrade. kubeadm waits for former API servers so often. */
function finish(waits = 0) {
  const upgraded = `
    sleep() { SECONDS=$((SECONDS + $1)); }
    kubeadm() {
      record kubeadm "$@"
      [[ $* != *addon* ]] || (($(grep --count addon "${node.folder}/calls") > ${waits})) || echo "Skipping upgrade of addons because control plane instances [web-9] have not been upgraded"
    }
    kubectl() {
      record kubectl "$@"
      case $* in
        *" get nodes "*) echo web-1 ;;
        *" get configmap caravan-upgrade "*) cat /run/upgrade 2>/dev/null || true ;;
        *" delete configmap caravan-upgrade "*) rm /run/upgrade ;;
      esac
    }`;
  return node.runNodeScript("reconcileControlPlanes", { ETCD: "stacked", KUBERNETES_VERSION: "1.37.2", WANTED_NODES: "web-1" }, upgraded);
}

const GET_NODES = "get nodes --selector node-role.kubernetes.io/control-plane --output jsonpath={.items[*].metadata.name}";
const ADD_ONS = "kubeadm upgrade apply phase addon all v1.37.2 --kubeconfig /etc/kubernetes/admin.conf";

it("upgrades rights and add-ons at the end of an upgrade, once, and takes the rights of token holders away again", () => {
  node.write("run/upgrade", "configmap/caravan-upgrade\n");
  expect(finish()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: add-ons of Kubernetes 1.37.2 (") });
  expect(changes()).toEqual([
    GET_NODES,
    LOOK_FOR_UPGRADE,
    "kubeadm upgrade apply phase bootstrap-token v1.37.2 --kubeconfig /etc/kubernetes/admin.conf",
    "delete --ignore-not-found --wait=false --namespace kube-public " +
      "clusterrolebinding/kubeadm:kubelet-bootstrap clusterrolebinding/kubeadm:node-autoapprove-bootstrap clusterrolebinding/kubeadm:get-nodes " +
      "clusterrole/kubeadm:get-nodes rolebinding/kubeadm:bootstrap-signer-clusterinfo role/kubeadm:bootstrap-signer-clusterinfo",
    ADD_ONS,
    "--namespace kube-system delete configmap caravan-upgrade --ignore-not-found",
  ]);
  expect(finish()).toMatchObject({ code: 0 });
  expect(changes().slice(6)).toEqual([GET_NODES, LOOK_FOR_UPGRADE]);
});

it("waits until kubeadm has forgotten former control planes, and fails when it does not", () => {
  node.write("run/upgrade", "configmap/caravan-upgrade\n");
  expect(finish(2)).toMatchObject({ code: 0 });
  expect(changes().filter((call) => call === ADD_ONS)).toHaveLength(3);
  node.write("run/upgrade", "configmap/caravan-upgrade\n");
  expect(finish(1000)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: kubeadm did not upgrade the add-ons, because control planes run another version; see above\n",
    ),
  });
  expect(node.has("run/upgrade")).toBe(true);
});
