import { encodeNodeFiles } from "../../lib/node/files.ts";
import { commandsInput } from "../../lib/node/setup.ts";
import { ScriptedNode } from "./scripted-node.ts";

const COMPONENTS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/**
 * Stubs. The kubelet runs its manifests, except those of the versions in /run/broken. kubeadm makes manifests of the version and the tag in
 * init.yaml. The API answers what is in files of /run, each member of etcd by its line in /run/members.
 */
const commands = `
sleep() { SECONDS=$((SECONDS + 20)); }
said() { cat "/run/$1" 2>/dev/null || true; }
broken() { [[ -e /run/broken ]] && grep -q -f /run/broken "/etc/kubernetes/manifests/$1.yaml"; }
running_pod() {
  broken "$1" && { rm -f "/run/runs-$1"; return 1; }
  local pod
  pod=$(md5sum <"/etc/kubernetes/manifests/$1.yaml" | cut -d " " -f 1)
  [[ $(said "runs-$1") == "$pod" ]] || { record "$1 starts: $(image_tag "$1")"; echo "$pod" >"/run/runs-$1"; }
  echo "$pod"
}
print_component_log() { echo "$1: its last lines"; }
is_healthy() { ! broken "$1"; }
kubelet_is_healthy() { [[ ! -e /run/kubelet-breaks ]]; }
api_server_is_listed() { true; }
print_kubelet_log() { echo "kubelet: its last lines"; }
await_settled_pods() { record static pods settle; }
end_api_server() { record the API server ends; }
certificates() { :; }
ca_certificates() { :; }
restrict_joins() { :; }
forget_own_resolver() { :; }
set_schedulable() { :; }
kubelet_version() { echo "Kubernetes v$(said kubelet)"; }
kubeadm_version() { echo "v$(said kubeadm)"; }
install_kubernetes() { local program; record install "$@" "$KUBERNETES_VERSION"; for program in "$@"; do echo "$KUBERNETES_VERSION" >"/run/$program"; done; }
maintenance_lease() { record lease "$1" "$2"; return "$(said "lease" | grep . || echo 0)"; }
etcd_members() { [[ -e /run/members ]] && awk '{ print NR, $3, "https://" $1 ":2380", $1 }' /run/members; }
etcd_call() { local host=\${1#https://}; echo "{\\"leader\\": \\"1\\", \\"version\\": \\"$(awk -v "host=\${host%:*}" '$1 == host { print $2 }' /run/members)\\"}"; }
save_snapshot() { record save_snapshot "$@"; }
systemctl() { record systemctl "$@"; [[ $* != "restart kubelet" ]] || said kubelet >/run/kubelet-runs; }
version() { sed -n 's/^version //p' /etc/kubernetes/caravan/init.yaml; }
kubectl() {
  local call
  call=$(sed "s|--kubeconfig /etc/kubernetes/admin.conf ||; s|--server https://10.40.0.20:6443 ||; s|--request-timeout 30s ||; s|--output json.*||" <<<"$*")
  record kubectl $call
  case "$*" in
    *"component=kube-apiserver"*) said servers ;;
    *"component=etcd"*) said etcds ;;
    *"get nodes --output"*) said kubelets ;;
    *"get nodes --selector"*) said readiness ;;
    *"spec.unschedulable"*) said cordoned ;;
    *" cordon "*) echo true >/run/cordoned ;;
    *uncordon*) rm -f /run/cordoned ;;
    *"drain"*) [[ ! -e /run/drain-ends-not ]] || { SECONDS=$((SECONDS + 300)); return 1; } ;;
    *"get pods --all-namespaces"*) said pods.json ;;
    *"get poddisruptionbudgets"*) said budgets.json ;;
    *"nodeInfo.kubeletVersion"*) echo "v$(said kubelet-runs) True" ;;
    *"get clusterrolebinding"* | *"get configmap caravan-upgrade"*) said exists ;;
  esac
}
manifest() {
  [[ $1 != etcd ]] || printf -- '    - --initial-cluster=web-1=https://10.40.0.20:2380\\n    image: registry.k8s.io/etcd:%s\\n' "$(declared_etcd_tag | grep . || echo 3.6.8-0)"
  [[ $1 == etcd ]] || echo "    image: registry.k8s.io/$1:v$(version)"
}
kubeadm() {
  local component
  record kubeadm "$(sed 's| --config .*||' <<<"$*")"
  case "$*" in
    *"images pull"*) [[ ! -e /run/no-images ]] || { echo "failed to pull image" >&2; return 1; } ;;
    *"control-plane all"*) for component in ${COMPONENTS.join(" ")}; do manifest "$component" >"$KUBEADM_INIT_DRYRUN_DIR/$component.yaml"; done ;;
    *"etcd local"*) manifest etcd >"$KUBEADM_INIT_DRYRUN_DIR/etcd.yaml" ;;
  esac
}`;

export interface Wish {
  version: string;
  etcdTag?: string;
  /** CAs that etcd trusts. @default those that the machine has */
  etcdCa?: string;
}

/** Control plane web-1 of three, which runs Kubernetes 1.36.3, and its upgrades. */
export class UpgradedControlPlane extends ScriptedNode {
  constructor() {
    super();
    this.write("var/lib/caravan/control-plane-ready", "settings of an earlier time");
    this.write("etc/kubernetes/pki/apiserver.crt", "certificate");
    this.write("etc/kubernetes/pki/etcd/ca.crt", "CA 1");
    this.write("etc/kubernetes/caravan/init.yaml", "version 1.36.3\n");
    for (const component of COMPONENTS) this.write(manifest(component), `    image: registry.k8s.io/${component}:v1.36.3\n`);
    const initial = "    - --initial-cluster=web-0=https://10.40.0.19:2380\n    - --initial-cluster-state=existing\n";
    this.write(manifest("etcd"), `${initial}    image: registry.k8s.io/etcd:3.6.8-0\n`);
    this.write("var/lib/kubelet/config.yaml");
    this.says({
      kubelet: "1.36.3",
      "kubelet-runs": "1.36.3",
      kubeadm: "1.36.3",
      servers: ["web-0", "web-1", "web-2"].map((name) => `${name} registry.k8s.io/kube-apiserver:v1.36.3`).join("\n"),
      etcds: ["web-0", "web-1", "web-2"].map((name) => `${name} registry.k8s.io/etcd:3.6.8-0`).join("\n"),
      kubelets: "web-0 v1.36.3\nweb-1 v1.36.3\nweb-2 v1.36.3\nworker-1 v1.36.3",
      readiness: "web-0 True\nweb-1 True\nweb-2 True",
      members: "web-0 3.6.8 voter\nweb-1 3.6.8 voter\nweb-2 3.6.8 voter",
    });
  }

  /** Writes what the machine and the API answer. */
  says(answers: Record<string, string>): void {
    for (const [name, text] of Object.entries(answers)) this.write(`run/${name}`, `${text}\n`);
  }

  /** Runs the control plane's script with the declared versions. Returns the calls of this run. */
  upgrade({ version, etcdTag, etcdCa }: Wish, stubs = "", variables: Record<string, string> = {}) {
    const content = `version ${version}\n${etcdTag === undefined ? "" : `imageTag: ${etcdTag}\n`}`;
    const input = {
      FIRST_NODE: "web-0",
      PEERS: "",
      ETCD: "stacked",
      VIRTUAL_ADDRESS: "",
      SCHEDULABLE: "",
      KEY_PHASES: "",
      RESTORE: "",
      KUBERNETES_VERSION: version,
      ...commandsInput(),
      FILES: encodeNodeFiles([{ path: `${this.folder}/etc/kubernetes/caravan/init.yaml`, mode: "0600", content }, ...this.#etcdCa(etcdCa)]),
      ...variables,
    };
    const before = this.calls.length;
    const { code, stderr } = this.runNodeScript("controlPlane", input, commands + stubs);
    return { code, stderr: stderr.replaceAll(/\d+ s\b/g, "N s"), calls: this.calls.slice(before) };
  }

  #etcdCa(content?: string) {
    return content === undefined ? [] : [{ path: `${this.folder}/etc/kubernetes/pki/etcd/ca.crt`, mode: "0644", content }];
  }

  /** Versions of what runs: the API server, etcd, and the kubelet. */
  get versions(): [apiServer: string, etcd: string, kubelet: string] {
    const tag = (component: string) => /image: .*:v?([0-9]\S*)$/m.exec(this.read(manifest(component)))?.[1] ?? "";
    return [tag("kube-apiserver"), tag("etcd"), this.read("run/kubelet-runs").trim()];
  }
}

export const manifest = (component: string) => `etc/kubernetes/manifests/${component}.yaml`;
