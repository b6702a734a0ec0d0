import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { commandsInput } from "../../../lib/node/setup.ts";
import { current, ScriptedNode } from "../../support/scripted-node.ts";

/**
 * Stubs. The kubelet runs its manifests, except those with "broken"; a pod that it cannot run has written three logs. kubeadm makes
 * manifests from the lines of init.yaml: a component and a flag.
 */
const commands = `
${current}
sleep() { SECONDS=$((SECONDS + 20)); }
pod_of() { md5sum <"/etc/kubernetes/manifests/$1.yaml" | cut -d " " -f 1; }
running_pod() {
  local restarts logs=/var/log/pods/kube-system_$1-web-1_$(pod_of "$1")/$1
  if grep -q broken "/etc/kubernetes/manifests/$1.yaml"; then
    rm -f "/run/runs-$1"
    restarts=$(cat "/run/restarts-$1" 2>/dev/null || echo 0)
    mkdir -p "$logs"
    # That of a run that has not said anything yet.
    touch "$logs/$((restarts + 1)).log"
    printf '%s\\n' "2026-11-27T15:00:00Z stderr F run $restarts: $(sed -n 's/^ *- --/unknown flag --/p' "/etc/kubernetes/manifests/$1.yaml" | tail -n 1)" >"$logs/$restarts.log"
    echo $((restarts + 1)) >"/run/restarts-$1"
    return 1
  fi
  [[ -e /run/runs-$1 && $(<"/run/runs-$1") == "$(pod_of "$1")" ]] || { record "$1 starts: $(flags "/etc/kubernetes/manifests/$1.yaml")"; pod_of "$1" >"/run/runs-$1"; }
  cat "/run/runs-$1"
}
api_server_is_listed() { true; }
restrict_joins() { :; }
forget_own_resolver() { :; }
certificates() { :; }
ca_certificates() { :; }
set_schedulable() { :; }
flags() { sed -n 's/^ *- --//p' "$1" | paste -s -d " "; }
is_healthy() { ! grep -q broken "/etc/kubernetes/manifests/$1.yaml"; }
kubelet_is_healthy() { ! grep -q broken /var/lib/kubelet/config.yaml; }
journalctl() { echo 'unknown field "broken"'; }
manifest() {
  [[ $1 != etcd ]] || echo "    - --initial-cluster=web-1=https://10.40.0.20:2380"
  sed -n "s/^$1 /    - --/p" /etc/kubernetes/caravan/init.yaml
}
kubeadm() {
  local component
  record kubeadm "$(sed 's| --config .*||' <<<"$*")"
  case "$*" in
    *"certs apiserver"*) cat /etc/kubernetes/caravan/init.yaml >/etc/kubernetes/pki/apiserver.crt ;;
    *"control-plane all"*)
      grep -q refused /etc/kubernetes/caravan/init.yaml && { echo 'strict decoding error: unknown field "refused"' >&2; return 1; }
      for component in kube-apiserver kube-controller-manager kube-scheduler; do
        { manifest "$component"; cat "/etc/kubernetes/caravan/patches/$component" 2>/dev/null || true; } >"$KUBEADM_INIT_DRYRUN_DIR/$component.yaml"
      done ;;
    *"etcd local"*) manifest etcd >"$KUBEADM_INIT_DRYRUN_DIR/etcd.yaml" ;;
    *"upload-config"*) sed -n 's/^kubelet //p' /etc/kubernetes/caravan/init.yaml >/run/cluster ;;
    *"kubelet-config"*) cat /run/cluster >/var/lib/kubelet/config.yaml ;;
  esac
}`;

const GOOD = "kube-apiserver audit=yes\nkube-scheduler profiling=false\netcd quota=2\nkubelet maxPods: 110\n";
const CERTIFICATE = "kubeadm init phase certs apiserver";
const MANIFESTS = ["kubeadm init phase control-plane all --dry-run", "kubeadm init phase etcd local --dry-run"];
const KUBELET = ["kubeadm init phase upload-config all", "kubeadm upgrade node phase kubelet-config"];
const LAST = "systemctl enable --now caravan-approve.timer caravan-certificates.timer";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("var/lib/caravan/control-plane-ready", "settings of an earlier time");
  node.write("etc/kubernetes/pki/apiserver.crt", "certificate");
  node.write("etc/kubernetes/caravan/patches/old", "patch");
  for (const component of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]) node.write(manifest(component));
  node.write(manifest("etcd"), "    - --initial-cluster=web-0=https://10.40.0.19:2380\n    - --initial-cluster-state=existing\n");
  node.write("var/lib/kubelet/config.yaml");
});
afterEach(() => node.remove());

const manifest = (component: string) => `etc/kubernetes/manifests/${component}.yaml`;

function start(settings: string, more: Record<string, string> = {}, stubs = "") {
  const files = Object.entries({ "init.yaml": settings, ...more });
  const encoded = files.map(([name, content]) => ({ path: `${node.folder}/etc/kubernetes/caravan/${name}`, mode: "0600", content }));
  const input = {
    RESTORE: "",
    FIRST_NODE: "web-1",
    PEERS: "",
    ETCD: "stacked",
    KUBERNETES_VERSION: "1.36.3",
    VIRTUAL_ADDRESS: "",
    SCHEDULABLE: "",
    KEY_PHASES: "",
    ...commandsInput(),
    FILES: encodeNodeFiles(encoded),
  };
  const before = node.calls.length;
  const { code, stderr } = node.runNodeScript("controlPlane", input, commands + stubs);
  return { code, stderr: stderr.replaceAll(/\d+ s\b/g, "N s"), calls: node.calls.slice(before) };
}

/** Reads all files that a failed change must restore. */
const state = () =>
  ["init.yaml", "scheduler.yaml"]
    .map((file) => `etc/kubernetes/caravan/${file}`)
    .concat(["etcd", "kube-apiserver", "kube-scheduler"].map(manifest), "etc/kubernetes/pki/apiserver.crt", "var/lib/kubelet/config.yaml")
    .map((file) => (node.has(file) ? node.read(file) : undefined));

it("gives each component its new manifest once those before it run, then the kubelet its settings, and does so only once", () => {
  expect(start(GOOD)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: apply changed settings (N s)\nweb-1: is a control plane already\n"),
  });
  const changed = GOOD.replace("audit=yes", "audit=no").replace("quota=2", "quota=8");
  expect(start(changed)).toEqual({
    code: 0,
    stderr:
      "web-1: write certificates and settings (N s)\nweb-1: apply changed settings (N s)\nweb-1: is a control plane already\n" +
      "web-1: restrict who may join (N s)\nweb-1: settings of all kubelets (N s)\nweb-1: zone and region of the node (N s)\nweb-1: taint of control planes (N s)\n",
    calls: [
      "systemctl start kubelet",
      CERTIFICATE,
      ...MANIFESTS,
      "etcd starts: initial-cluster=web-0=https://10.40.0.19:2380 initial-cluster-state=existing quota=8",
      "kube-apiserver starts: audit=no",
      ...KUBELET,
      LAST,
    ],
  });
  expect(start(changed).calls).toEqual(["systemctl start kubelet", LAST]);
  expect(node.has("var/lib/caravan/settings-before")).toBe(false);
});

it("rolls back a wrong flag with all files, and names flag, component and its last lines", () => {
  start(GOOD);
  const before = state();
  const broken = GOOD.replace("audit=yes", "feature-gates=broken");
  const { code, stderr, calls } = start(broken, { "patches/new": "patch" });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "web-1: write certificates and settings (N s)\n" +
      "kube-apiserver: run 3: unknown flag --feature-gates=broken\n" +
      "web-1: failed: kube-apiserver does not run with its new settings (--feature-gates=broken); its last lines are above\n" +
      "web-1: failed: the settings of before are back, and this control plane runs with them\n" +
      "web-1: failed: apply changed settings, after N s; its last lines are above\n",
  });
  expect(calls).toEqual(["systemctl start kubelet", CERTIFICATE, ...MANIFESTS, "kube-apiserver starts: audit=yes"]);
  expect(state()).toEqual(before);
  expect(node.has("etc/kubernetes/caravan/patches/new")).toBe(false);
  expect(node.has("etc/kubernetes/caravan/patches/old")).toBe(true);
  expect(start(GOOD.replace("audit=yes", "feature-gates=right"))).toMatchObject({ code: 0 });
});

it("fails for a scheduler that does not start, after the API server has restarted, and names the setting", () => {
  start(GOOD, { "scheduler.yaml": "percentageOfNodesToScore: 50\n" });
  const before = state();
  const broken = GOOD.replace("audit=yes", "audit=no");
  const patch = "    caravan.dev/settings: broken\n";
  const { code, stderr, calls } = start(broken, { "scheduler.yaml": "percentageOfNodesToScore: 500\n", "patches/kube-scheduler": patch });
  expect(code).toBe(1);
  expect(stderr).toContain("failed: kube-scheduler does not run with its new settings (percentageOfNodesToScore: 500); its last lines");
  expect(calls.slice(-3)).toEqual([
    "kube-apiserver starts: audit=no",
    "kube-apiserver starts: audit=yes",
    "kube-scheduler starts: profiling=false",
  ]);
  expect(state()).toEqual(before);
});

it("rolls back settings that kubeadm refuses, before anything has restarted", () => {
  start(GOOD);
  const before = state();
  const { code, stderr, calls } = start(`${GOOD}refused`);
  expect(code).toBe(1);
  expect(stderr).toContain('strict decoding error: unknown field "refused"\nweb-1: failed: the settings of before are back');
  expect(calls).toEqual(["systemctl start kubelet", CERTIFICATE, MANIFESTS[0]]);
  expect(state()).toEqual(before);
});

it("rolls back settings with which the kubelet does not run, also in the cluster", () => {
  start(GOOD);
  const before = state();
  const { code, stderr } = start(GOOD.replace("maxPods", "broken"));
  expect(code).toBe(1);
  expect(stderr).toContain(
    'unknown field "broken"\nweb-1: failed: the kubelet does not run with its new settings (see above), and has its old ones again\n' +
      "web-1: failed: the settings of before are back, and this control plane runs with them\n",
  );
  expect(state()).toEqual(before);
  expect(node.read("run/cluster")).toBe("maxPods: 110\n");
});

it("repairs a component that runs with wrong settings, by new settings or by its earlier ones", () => {
  start(GOOD);
  const heals = ["systemctl start kubelet", CERTIFICATE, ...MANIFESTS, "kube-apiserver starts: audit=yes", ...KUBELET, LAST];
  node.write(manifest("kube-apiserver"), "    - --broken\n");
  expect(start(GOOD)).toMatchObject({ code: 0, calls: heals });
  node.write(manifest("kube-apiserver"), "    - --broken\n");
  expect(start(GOOD.replace("yes", "no"))).toMatchObject({ code: 0, calls: heals.map((call) => call.replace("=yes", "=no")) });
});

it("continues after an interrupted change, and can still roll it back", () => {
  start(GOOD);
  const before = state();
  const killed = "\nupload_settings() { local own=$BASHPID; kill -KILL $$ $(ps -o ppid= -p $own) $own; }";
  const interrupted = start(GOOD.replace("yes", "no"), {}, killed);
  expect(interrupted.code).toBe(null);
  expect(node.read(manifest("kube-apiserver"))).toBe("    - --audit=no\n");
  expect(start(GOOD.replace("yes", "broken"))).toMatchObject({ code: 1 });
  expect(state()).toEqual(before);
  start(GOOD.replace("yes", "no"), {}, killed);
  expect(start(GOOD)).toMatchObject({ code: 0 });
  expect(state()).toEqual(before);
});

it("asks kubeadm for the kubelet's settings when the API tells of the new API server: kubeadm waits a minute alone for its address", () => {
  const late = "\napi_server_is_listed() { record asked; [[ $(grep -c asked /calls) -ge 3 ]]; }".replace("/calls", `${node.folder}/calls`);
  const { code, calls } = start(GOOD, {}, late);
  expect(code).toBe(0);
  expect(calls.slice(calls.indexOf(KUBELET[0]!))).toEqual([
    KUBELET[0],
    "asked",
    "asked",
    "asked",
    KUBELET[1],
    "systemctl restart kubelet",
    LAST,
  ]);
});

it("goes back when the API never tells of it", () => {
  start(GOOD);
  const { code, stderr } = start(GOOD.replace("yes", "no"), {}, "\napi_server_is_listed() { false; }");
  expect(code).toBe(1);
  expect(stderr).toContain("failed: timed out after N s waiting for the kubelet telling the API of this machine's API server\n");
  expect(stderr).toContain("failed: the settings of before are back, and this control plane runs with them\n");
});

it("names what does not run although nothing has changed", () => {
  start(GOOD);
  const { code, stderr } = start(GOOD, {}, "\nis_healthy() { [[ $1 != kube-scheduler ]]; }");
  expect(code).toBe(1);
  expect(stderr).toContain("kube-scheduler does not run with its new settings; its last lines are above\n");
});

it("names what does not run after a first start", () => {
  node.write("etc/kubernetes/pki/ca.crt");
  const stubs = `
FIRST_RUN=yes
rm -f /var/lib/caravan/control-plane-ready
kubectl() { :; }
kubeadm() { [[ $1 == reset ]] || { echo "kubeadm waits"; return 1; }; }
rm() { :; }
is_healthy() { [[ $1 != kube-apiserver ]]; }`;
  node.write(manifest("kube-apiserver"), "    - --broken\n");
  const { code, stderr } = start(
    GOOD,
    {},
    `${stubs}\nmkdir -p /var/log/pods/kube-system_kube-apiserver-web-1_1/kube-apiserver
echo 'time stderr F Error: unknown flag: --broken' >/var/log/pods/kube-system_kube-apiserver-web-1_1/kube-apiserver/2.log`,
  );
  expect(code).toBe(1);
  expect(stderr).toContain("kubeadm waits\nkube-apiserver: Error: unknown flag: --broken\nweb-1: failed: kubeadm init, after N s");
});

it("checks each component at the address of kubeadm's own probes", () => {
  const probe = (host: string, port: number, scheme: string) =>
    `    livenessProbe:\n      httpGet:\n        host: ${host}\n        path: /livez\n        port: probe-port\n        scheme: ${scheme}\n` +
    `    ports:\n    - containerPort: ${port}\n      name: probe-port\n    readinessProbe:\n      httpGet:\n        host: other\n`;
  node.write(manifest("etcd"), probe("127.0.0.1", 2381, "HTTP"));
  node.write(manifest("kube-controller-manager"), probe("127.0.0.1", 10257, "HTTPS"));
  node.write(manifest("kube-scheduler"), probe("10.40.0.20", 10259, "HTTPS"));
  const script = nodeScript("controlPlane").split("\n").slice(0, -1).join("\n");
  node.run(script, "all_healthy", {}, `curl() { record "\${*: -1}"; }`);
  expect(node.calls).toEqual([
    "http://127.0.0.1:2381/readyz",
    "https://10.40.0.20:6443/readyz",
    "https://127.0.0.1:10257/healthz",
    "https://10.40.0.20:10259/healthz",
  ]);
});
