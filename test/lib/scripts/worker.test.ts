import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { commandsInput } from "../../../lib/node/setup.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const GET_NODE = "kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 10s get node web-1";
const UPGRADE = "kubeadm upgrade node phase kubelet-config --patches /var/lib/caravan/patches";
/** Stubs of a kubelet that gets the wanted settings, and runs with all but broken ones. */
const kubelet = `
kubeadm() { record kubeadm "$@"; cat /var/lib/wanted >/var/lib/kubelet/config.yaml; }
curl() { record curl "$4"; grep -q broken /var/lib/kubelet/config.yaml || printf ok; }
journalctl() { echo 'unknown field "broken"'; }
sleep() { SECONDS=$((SECONDS + 60)); }`;

/** Stubs of programs of the wanted version. */
const PROGRAMS = "kubeadm_version() { echo v1.36.3; }\nkubelet_version() { echo 'Kubernetes v1.36.3'; }\n";

/** Checks which files with a credential are on the machine. */
const credentials = () =>
  ["run/caravan/join.yaml", "run/caravan/discovery.conf", "etc/kubernetes/bootstrap-kubelet.conf"].map((file) => node.has(file));

/** Writes the files of a node that has joined. */
function joined() {
  node.write("etc/kubernetes/kubelet.conf");
  node.write("var/lib/kubelet/pki/kubelet-client-current.pem");
}

const CREDENTIAL = { CLIENT_CERTIFICATE: "Y2VydA==", CLIENT_KEY: "a2V5" };

function join(stubs = "", credential: Record<string, string> = CREDENTIAL) {
  const files = [{ path: `${node.folder}/run/caravan/join.yaml`, mode: "0600", content: "node: @NODE_NAME@\n" }];
  const patch = { path: `${node.folder}/var/lib/caravan/patches/kubelet`, mode: "0600", content: "{}\n" };
  const input = {
    FILES: encodeNodeFiles([patch]),
    JOIN_FILES: encodeNodeFiles(files),
    ...commandsInput(),
    PATCHES: "/var/lib/caravan/patches",
    API_ENDPOINT: "10.40.0.10:6443",
    CA_CERTIFICATE: "Y2E=",
    KUBERNETES_VERSION: "1.36.3",
    SCRIPT_DIGEST: "digest",
    ...credential,
  };
  const { stderr, ...result } = node.runNodeScript("worker", input, PROGRAMS + stubs);
  return { ...result, stderr: stderr.replaceAll(/\d+ s\b/g, "N s") };
}

it("joins, and removes the credential", () => {
  const kubeadm = 'kubeadm() { record kubeadm "$@"; cp -r /run/caravan /run/seen; }';
  expect(join(kubeadm)).toEqual({
    code: 0,
    stdout: "",
    stderr:
      "web-1: write settings (N s)\nweb-1: kubeadm join (N s)\nweb-1: register the node (N s)\nweb-1: zone and region of the node (N s)\n",
  });
  expect(node.calls).toEqual(["kubeadm join --config /run/caravan/join.yaml", GET_NODE]);
  expect(node.read("run/seen/join.yaml")).toBe("node: web-1\n");
  expect(parse(node.read("run/seen/discovery.conf"))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "node",
    contexts: [{ name: "node", context: { cluster: "cluster", user: "node" } }],
    clusters: [{ name: "cluster", cluster: { server: "https://10.40.0.10:6443", "certificate-authority-data": "Y2E=" } }],
    users: [{ name: "node", user: { "client-certificate-data": "Y2VydA==", "client-key-data": "a2V5" } }],
  });
  expect([node.mode("run/seen/discovery.conf"), ...credentials()]).toEqual(["600", false, false, false]);
});

it("labels its own Node with its place once it has joined, and leaves that of a node that had to a control plane", () => {
  const topology = { TOPOLOGY: "topology.kubernetes.io/region=one topology.kubernetes.io/zone=a" };
  expect(join("", { ...CREDENTIAL, ...topology })).toMatchObject({ code: 0 });
  const label = `kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 30s label --overwrite node web-1 ${topology.TOPOLOGY}`;
  expect(node.calls).toEqual(["kubeadm join --config /run/caravan/join.yaml", GET_NODE, label]);
  joined();
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  expect(join(kubelet, topology)).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => call.includes(" label "))).toEqual([label]);
});

it("runs commands before and after the join, again until they succeed, and not on a node that has joined before", () => {
  const kubeadm = 'kubeadm() { record kubeadm "$1"; cat /var/lib/wanted >/var/lib/kubelet/config.yaml; }';
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  const log = `${node.folder}/log`;
  const fails = commandsInput([`echo before >>${log}`], [`echo after >>${log}`, "cat /nowhere | true"]);
  expect(join(kubeadm, { ...CREDENTIAL, ...fails })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("web-1: failed: postKubeadmCommands[1], after N s"),
  });
  joined();
  expect(join(`${kubelet}\n${kubeadm}`, { ...commandsInput(["exit 1"], [`echo again >>${log}`]) })).toMatchObject({ code: 0 });
  expect(join(`${kubelet}\n${kubeadm}`, { ...commandsInput(["exit 1"], ["exit 1"]) })).toMatchObject({ code: 0 });
  expect(node.read("log")).toBe("before\nafter\nagain\n");
});

it("has its software prepared again when the preparation has changed, first of all and only once", () => {
  joined();
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  const prepare = 'prepare_node() { record prepare_node "$@"; echo "$PREPARATION" >/var/lib/caravan/prepared; }';
  for (let round = 0; round < 2; round++) expect(join(`${kubelet}\n${prepare}`, { PREPARATION: "other" })).toMatchObject({ code: 0 });
  const rest = ["systemctl start kubelet", GET_NODE, UPGRADE];
  expect(node.calls).toEqual(["prepare_node curl", ...rest, ...rest]);
});

it("waits for a script that still runs, of an earlier run", () => {
  const other = 'flock() { record flock "$1" "$2"; return 1; }';
  expect(join(other)).toEqual({
    code: 1,
    stdout: "",
    stderr: "web-1: failed: another run has been changing this machine for 15 minutes; each ends by itself within 30, so run again then\n",
  });
  expect(node.calls).toEqual(["flock --wait 900"]);
});

it("does not join without a credential, and logs why it has none", () => {
  const { code, stderr } = join("", {});
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: it got no credential to join with: the cluster has a node of this name whose kubelet reports (see above). ",
  );
  expect(node.calls).toEqual([]);
});

it("joins again when the kubelet never got its certificate", () => {
  node.write("etc/kubernetes/kubelet.conf");
  node.write("etc/kubernetes/pki/ca.crt");
  expect(join()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["kubeadm reset --force", "kubeadm join --config /run/caravan/join.yaml", GET_NODE]);
});

it("keeps no credential on a node that has joined: neither a new one nor one of an interrupted join", () => {
  joined();
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  node.write("etc/kubernetes/bootstrap-kubelet.conf", "credential");
  expect(join(kubelet)).toMatchObject({ code: 0 });
  expect(credentials()).toEqual([false, false, false]);
});

it("removes the credential when the join fails, too", () => {
  expect(join("kubeadm() { echo 'no API'; return 1; }")).toEqual({
    code: 1,
    stdout: "",
    stderr: "web-1: write settings (N s)\nno API\nweb-1: failed: kubeadm join, after N s; its last lines are above\n",
  });
  expect(credentials()).toEqual([false, false, false]);
});

it("does not restart a kubelet with the right settings", () => {
  joined();
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  expect(join(kubelet)).toEqual({
    code: 0,
    stdout: "",
    stderr: "web-1: write settings (N s)\nweb-1: kubelet settings (N s)\nweb-1: is a node already\n",
  });
  expect(node.calls).toEqual(["systemctl start kubelet", GET_NODE, UPGRADE]);
  expect(node.has("run/caravan/discovery.conf")).toBe(false);
});

it("applies new settings to the kubelet of a node", () => {
  joined();
  node.write("var/lib/kubelet/config.yaml", "maxPods: 110\n");
  node.write("var/lib/wanted", "healthzPort: 10300\nmaxPods: 50\n");
  expect(join(kubelet)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([
    "systemctl start kubelet",
    GET_NODE,
    UPGRADE,
    "systemctl restart kubelet",
    "curl http://127.0.0.1:10300/healthz",
  ]);
});

it("rolls back settings with which the kubelet does not run", () => {
  joined();
  node.write("var/lib/kubelet/config.yaml", "maxPods: 110\n");
  node.write("var/lib/wanted", "broken: true\n");
  const result = join(kubelet);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain(
    'unknown field "broken"\nweb-1: failed: the kubelet does not run with its new settings (see above), and has its old ones again\n',
  );
  expect(node.read("var/lib/kubelet/config.yaml")).toBe("maxPods: 110\n");
  expect(node.calls.slice(-1)).toEqual(["systemctl restart kubelet"]);
});

it("clears an interrupted join before it joins", () => {
  node.write("etc/kubernetes/pki/ca.crt");
  expect(join()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["kubeadm reset --force", "kubeadm join --config /run/caravan/join.yaml", GET_NODE]);
});

it("ends only when the kubelet has created the Node, and names the step when it does not", () => {
  const stubs = "kubectl() { [[ -f /run/asked ]] && return; touch /run/asked; return 1; }";
  expect(join(`${stubs}\nkubeadm() { :; }`)).toMatchObject({ code: 0 });
  const late = "kubectl() { return 1; }\nkubeadm() { :; }\nsleep() { SECONDS=$((SECONDS + 60)); }";
  expect(join(late)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("web-1: failed: timed out after N s waiting for the kubelet making its Node\n"),
  });
});

it("waits for the Node after an interrupted join or a deletion, before it updates the kubelet's settings", () => {
  joined();
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  const missing = `
kubectl() { record kubectl; [[ -f /run/restarted ]]; }
kubeadm() { record kubeadm "$@"; [[ -f /run/restarted ]]; }
systemctl() { record systemctl "$1"; [[ $1 != restart ]] || touch /run/restarted; }`;
  expect(join(kubelet + missing)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["systemctl start", "kubectl", "systemctl restart", "kubectl", UPGRADE]);
});

it("notes the digest of the script that it has run to the end, and none while it runs or when it fails", () => {
  const last = () => node.runNodeScript("lastScript").stdout;
  expect(last()).toBe("");
  expect(join("kubeadm() { cp -r /var/lib/caravan /run/seen; }")).toMatchObject({ code: 0 });
  expect([node.has("run/seen/script"), last()]).toEqual([false, "digest\n"]);
  joined();
  expect(join("kubeadm() { return 1; }", { SCRIPT_DIGEST: "other" })).toMatchObject({ code: 1 });
  expect(last()).toBe("");
  for (const file of ["var/lib/kubelet/config.yaml", "var/lib/wanted"]) node.write(file, "maxPods: 110\n");
  expect(join(kubelet, { SCRIPT_DIGEST: "other" })).toMatchObject({ code: 0 });
  expect(last()).toBe("other\n");
});
