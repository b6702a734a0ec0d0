import { afterEach, beforeEach, expect, it } from "vitest";
import { commandsInput } from "../../../lib/node/setup.ts";
import { preparation, ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/kubernetes/kubelet.conf");
  node.write("var/lib/kubelet/pki/kubelet-client-current.pem");
  node.write("var/lib/kubelet/config.yaml", "maxPods: 110\n");
  node.write("etc/apt/sources.list.d/debian.list");
  programs("1.36.1", "1.36.1");
});
afterEach(() => node.remove());

/** Writes the versions of the installed programs, and of the kubelet that runs. */
function programs(kubeadm: string, kubelet: string, running = kubelet): void {
  for (const [name, version] of Object.entries({ kubeadm, kubelet, running })) node.write(`run/${name}`, version);
}
const installed = () => ["kubeadm", "kubelet", "running"].map((name) => node.read(`run/${name}`).trim());

/** Stubs of a worker of a cluster whose API servers run 1.36.3. apt installs what it is asked for. */
const WORKER = `
kubeadm_version() { echo "v$(</run/kubeadm)"; }
kubelet_version() { echo "Kubernetes v$(</run/kubelet)"; }
kubeadm() { record kubeadm "$@"; }
apt-get() {
  local argument
  for argument in "$@"; do case $argument in
    kubeadm=*) record install kubeadm; echo "\${argument//[^0-9.]}" >/run/kubeadm ;;
    kubelet=*) record install kubelet; echo "\${argument//[^0-9.]}" >/run/kubelet ;;
  esac; done
}
apt-mark() { record apt-mark "$1"; }
dpkg-query() { printf '%s\\n' 'kubeadm installed' 'kubelet installed'; }
dpkg() { true; }
trust_repository() { true; }
systemctl() { record systemctl "$@"; [[ $1 != restart ]] || cp /run/kubelet /run/running; }
kubectl() {
  case $* in
    *"/version") echo '{"major": "1",'; echo '  "gitVersion": "v1.36.3",'; echo '}' ;;
    *kubeletVersion*) echo "v$(</run/running)" ;;
  esac
}
curl() { printf ok; }
journalctl() { echo 'cannot start'; }
sleep() { SECONDS=$((SECONDS + 60)); }
`;

function update(variables: Record<string, string> = {}, stubs = "") {
  const input = {
    ...preparation,
    PREPARATION: "done",
    FILES: "",
    JOIN_FILES: "",
    ...commandsInput(),
    PATCHES: "/var/lib/caravan/patches",
    API_ENDPOINT: "10.40.0.10:6443",
    CA_CERTIFICATE: "Y2E=",
    SCRIPT_DIGEST: "digest",
    ...variables,
  };
  const { stderr, ...result } = node.runNodeScript("worker", input, WORKER + stubs);
  return { ...result, stderr: stderr.replaceAll(/\d+ s\b/g, "N s") };
}

const UPGRADE = "kubeadm upgrade node --patches /var/lib/caravan/patches";
const SETTINGS = "kubeadm upgrade node phase kubelet-config --patches /var/lib/caravan/patches";

it("upgrades kubeadm, the settings, then the kubelet, and restarts it once", () => {
  node.write("etc/kubernetes/tmp/kubeadm-kubelet-config1/config.yaml");
  expect(update()).toEqual({
    code: 0,
    stdout: "",
    stderr: [
      "write settings (N s)",
      "check the upgrade to Kubernetes 1.36.3 (N s)",
      "install kubeadm 1.36.3 (N s)",
      "settings of the kubelet (N s)",
      "install kubelet 1.36.3 (N s)",
      "hold packages (N s)",
      "restart the kubelet (N s)",
      "runs Kubernetes 1.36.3",
      "kubelet settings (N s)",
      "is a node already",
      "",
    ]
      .map((line) => line && `web-1: ${line}`)
      .join("\n"),
  });
  expect(node.calls).toEqual([
    "systemctl start kubelet",
    "install kubeadm",
    UPGRADE,
    "install kubelet",
    "apt-mark showhold",
    "apt-mark hold",
    "systemctl daemon-reload",
    "systemctl restart kubelet",
    SETTINGS,
  ]);
  expect(installed()).toEqual(["1.36.3", "1.36.3", "1.36.3"]);
  expect([node.has("var/lib/caravan/upgrading"), node.has("etc/kubernetes/tmp/kubeadm-kubelet-config1")]).toEqual([false, false]);
});

it("does nothing more on a worker that has the version", () => {
  programs("1.36.3", "1.36.3");
  expect(update()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual(["systemctl start kubelet", SETTINGS]);
});

it.each([
  ["before the settings", ["1.36.3", "1.36.1", "1.36.1"], ["install kubelet"]],
  ["before the kubelet's restart", ["1.36.3", "1.36.3", "1.36.1"], []],
] as const)("completes an upgrade that was interrupted %s", (_, [kubeadm, kubelet, running], installs) => {
  programs(kubeadm, kubelet, running);
  node.write("var/lib/caravan/upgrading", "1.36.3\n");
  expect(update()).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => /install|upgrade node --|restart/.test(call))).toEqual([
    UPGRADE,
    ...installs,
    "systemctl restart kubelet",
  ]);
  expect([installed(), node.has("var/lib/caravan/upgrading")]).toEqual([["1.36.3", "1.36.3", "1.36.3"], false]);
});

it("goes on where an interrupted installation has left no kubelet that starts", () => {
  node.write("var/lib/caravan/upgrading", "1.36.3\n");
  const broken = 'systemctl() { record systemctl "$@"; case $1 in start) return 1 ;; restart) cp /run/kubelet /run/running ;; esac; }';
  expect(update({}, broken)).toMatchObject({ code: 0 });
  expect(installed()).toEqual(["1.36.3", "1.36.3", "1.36.3"]);
});

it("passes on which checks of kubeadm are only warnings, and names the sandbox image anew", () => {
  expect(
    update({ IGNORED_CHECKS: "SystemVerification Mem", IMAGE_REPOSITORY: "r.example.com" }, "install_containerd() { record containerd; }"),
  ).toMatchObject({
    code: 0,
  });
  expect(node.calls.slice(1, 4)).toEqual(["install kubeadm", "containerd", `${UPGRADE} --ignore-preflight-errors SystemVerification,Mem`]);
});

it.each([
  [
    "an older version",
    "1.36.0",
    "this node runs Kubernetes 1.36.1, and 1.36.0 is older, but Kubernetes does not go back; give kubernetesVersion 1.36.1 or later",
  ],
  [
    "a version newer than the API server's",
    "1.37.2",
    "the API server runs Kubernetes 1.36.3, and no kubelet may be newer, like 1.37.2; upgrade the control planes first",
  ],
])("refuses %s, and changes nothing", (_, version, reason) => {
  expect(update({ KUBERNETES_VERSION: version })).toMatchObject({ code: 1, stderr: expect.stringContaining(`web-1: failed: ${reason}\n`) });
  expect([node.calls, node.has("var/lib/caravan/upgrading")]).toEqual([["systemctl start kubelet"], false]);
});

it("refuses to upgrade while the API does not answer", () => {
  expect(update({}, "kubectl() { [[ $* == *' get node web-1' ]]; }")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "web-1: failed: the Kubernetes API does not tell this node its version, so it is not upgraded; look at kube-apiserver on the control planes\n",
    ),
  });
});

it("shows the last lines of a kubelet that does not run with the new version, and goes on in the next run", () => {
  const { code, stderr } = update({}, "curl() { printf broken; }");
  expect(code).toBe(1);
  expect(stderr).toContain("cannot start\nweb-1: failed: the kubelet does not run with version 1.36.3; its last lines are above\n");
  expect(node.has("var/lib/caravan/upgrading")).toBe(true);
  expect(update()).toMatchObject({ code: 0 });
});
