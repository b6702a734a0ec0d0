import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { commandsInput } from "../../../lib/node/setup.ts";
import { current, ScriptedNode } from "../../support/scripted-node.ts";

/** Stubs. Members with a file in /run/answers answer. The member list is in /run/members, one a line. */
const commands = `
${current}
sleep() { SECONDS=$((SECONDS + 20)); }
image_tag() { sed -n 's|^[^ ]*etcd:\\([^ ]*\\) .*|\\1|p' "/etc/kubernetes/manifests/$1.yaml"; }
save_snapshot() { record save_snapshot "$@"; }
install_kubernetes() { record install "$@" "$KUBERNETES_VERSION"; echo "$KUBERNETES_VERSION" >"/run/has-$1"; }
pgrep() { return 1; }
kubeadm() { record kubeadm "$@"; echo registry.k8s.io/etcd:3.6.8-0; }
as_kubelet() {
  local settings=$(cat "/etc/kubernetes/manifests/$1.yaml" 2>/dev/null)
  [[ -n $settings ]] || return 1
  [[ $settings == "$(cat /run/running-$1 2>/dev/null)" ]] || { record "$1: $settings"; echo "$settings" >/run/running-$1; }
  mkdir -p "$DATA/member/wal"
  touch "$DATA/member/wal/0.wal"
}
curl() {
  local request=\${*: -2:1} url=\${*: -1}
  case $url in
    */livez) as_kubelet "$ETCD" ;;
    */readyz) [[ ! -e /run/learner ]] ;;
    https://127.0.0.1:*/status)
      [[ ! -s /run/refusals ]] || { sed -i 1d /run/refusals; return 7; }
      echo "{\\"header\\": {\\"member_id\\": \\"1\\"}, \\"leader\\": \\"1\\", \\"version\\": \\"3.6.8\\", \\"dbSize\\": \\"1048576\\" $(cat /run/learner 2>/dev/null)}" ;;
    https://10.*/status)
      local other=\${url#https://} && [[ -e /run/answers/\${other%%:*} ]] || return 7
      echo "{\\"leader\\": \\"1\\", \\"version\\": \\"$(grep . "/run/answers/\${other%%:*}" || echo 3.6.8)\\"}" ;;
    *)
      local host=\${url#https://} && [[ -e /run/answers/\${host%%:*} ]] || return 7
      case $url in
        */list) echo "{\\"members\\": [$(paste -sd, /run/members)]}"; return ;;
        */add)
          echo '{"ID": "9", "peerURLs": ["https://10.40.0.20:2380"], "isLearner": true}' >>/run/members
          echo ', "isLearner": true' >/run/learner ;;
        */promote)
          rm /run/learner
          sed -i 's|{"ID": "9".*|{"ID": "9", "name": "web-1", "peerURLs": ["https://10.40.0.20:2380"]}|' /run/members ;;
        */remove) sed -i "/$(grep -o '"[0-9]*"' <<<"$request")/d" /run/members ;;
      esac
      record "\${url#https://*/v3/}" "$request" ;;
  esac
}`;

const peer = (id: number, host: string, name = `etcd-${id}`) =>
  `{"ID": "${id}", "name": "${name}", "peerURLs": ["https://${host}:2380"]}\n`;

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("run/answers/none");
  node.write("run/members");
});
afterEach(() => node.remove());

/** Runs the script on the machine id-1 at 10.40.0.20, one of three members. */
function start(variables: Record<string, string> = {}, names = ["etcd"], stubs = commands) {
  const file = (path: string, content: string) => ({ path: `${node.folder}${path}`, mode: "0600", content });
  const files = [
    ...names.map((name) => file(`/etc/kubernetes/caravan/${name}.yaml`, "@ETCD_IMAGE@ @INITIAL_CLUSTER_STATE@ @INITIAL_CLUSTER@\n")),
    file("/var/lib/kubelet/config.yaml", "kubelet"),
    file("/etc/systemd/system/kubelet.service.d/90-caravan-etcd.conf", "unit"),
  ];
  const instances = names.map((name) => `${name} 2379 2380 2381 ${node.folder}/var/lib/${name}`);
  return node.runNodeScript(
    "etcd",
    {
      PEERS: "10.40.0.20 10.40.0.21 10.40.0.22",
      FIRST_RUN: "yes",
      RESTORE: "",
      FIRST_MEMBER: "web-1",
      INSTANCES: instances.join("\n"),
      KUBERNETES_VERSION: "1.36.3",
      IMAGE_REPOSITORY: "",
      ETCD_IMAGE: "etcd:test",
      VOLUME_ID: "",
      FILES: encodeNodeFiles(files),
      ...commandsInput(),
      ...variables,
    },
    stubs,
  );
}

/** Two other members that answer. */
function others(): void {
  const addresses = ["10.40.0.21", "10.40.0.22"];
  node.write("run/members", addresses.map((address, index) => peer(index + 1, address)).join(""));
  for (const address of addresses) node.write(`run/answers/${address}`);
}

const KUBELET = ["systemctl daemon-reload", "systemctl restart kubelet", "systemctl enable --now kubelet"];
/** etcd is saved through the first member that answers: the machine's own does not in these tests. */
const SAVE = "save_snapshot https://10.40.0.21:2379 1.36.3";
const SELF = "web-1=https://10.40.0.20:2380";
const OTHERS = "etcd-1=https://10.40.0.21:2380,etcd-2=https://10.40.0.22:2380";
const ADD = 'cluster/member/add {"peerURLs": ["https://10.40.0.20:2380"], "isLearner": true}';
const PROMOTE = 'cluster/member/promote {"ID": "9"}';
const JOINED = [ADD, `etcd: etcd:test existing ${OTHERS},${SELF}`, PROMOTE];

it("starts an etcd in a first run of the initial member, and never again", () => {
  expect(start()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: etcd: leader, version 3.6.8, database 1.0 MiB") });
  expect(node.calls).toEqual([...KUBELET, `etcd: etcd:test new ${SELF}`, `etcd: etcd:test existing ${SELF}`]);
});

it("joins as a learner when others answer, even as the initial member, and votes when it has caught up", () => {
  others();
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, ...JOINED]);
});

it("removes its earlier member, then joins", () => {
  others();
  node.write("run/members", node.read("run/members") + peer(7, "10.40.0.20", "web-1"));
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, 'cluster/member/remove {"ID": "7"}', ...JOINED]);
});

it("never starts a second etcd on another machine, nor on the initial one when that has run one", () => {
  const refusal =
    "web-1: failed: no majority of etcd answers at https://10.40.0.21:2379 https://10.40.0.22:2379, and this machine has no data of it: " +
    "it does not start a second one. Start the others again, or restore a snapshot\n";
  expect(start({ FIRST_MEMBER: "web-0" })).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) });
  node.write("var/lib/caravan/etcd-ran");
  expect(start()).toMatchObject({ code: 1, stderr: expect.stringContaining(refusal) });
  expect(node.calls.filter((call) => call.startsWith("etcd"))).toEqual([]);
});

it("starts no etcd on a machine that replaces the initial one, except one that is added later", () => {
  expect(start({ FIRST_RUN: "" }, ["etcd"])).toMatchObject({ code: 1, stderr: expect.stringContaining("it does not start a second one") });
  others();
  expect(start({ FIRST_RUN: "" })).toMatchObject({ code: 0 });
  const before = node.calls.length;
  for (const address of ["10.40.0.21", "10.40.0.22"]) node.delete(`run/answers/${address}`);
  expect(start({ FIRST_RUN: "" }, ["etcd", "events-etcd"])).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual([
    "systemctl enable --now kubelet",
    `events-etcd: etcd:test new ${SELF}`,
    `events-etcd: etcd:test existing ${SELF}`,
  ]);
});

it("changes nothing in a further run, and restarts the member when its settings have changed", () => {
  others();
  start();
  const before = node.calls.length;
  expect(start()).toMatchObject({ code: 0, stderr: expect.stringContaining("web-1: etcd goes on with its data") });
  expect(node.calls.slice(before)).toEqual(["systemctl enable --now kubelet"]);
  start({ ETCD_IMAGE: "etcd:3.6.16-0" });
  expect(node.calls.slice(before + 1)).toEqual([SAVE, "systemctl enable --now kubelet", `etcd: etcd:3.6.16-0 existing ${OTHERS},${SELF}`]);
});

it("rolls back settings with which a member does not run, and applies right ones afterwards", () => {
  others();
  start();
  const before = node.read("etc/kubernetes/manifests/etcd.yaml");
  const broken = `${commands}
as_kubelet() { ! grep -q etcd:3.6.99 "/etc/kubernetes/manifests/$1.yaml" && grep -q etcd "/etc/kubernetes/manifests/$1.yaml"; }
journalctl() { echo "image etcd:3.6.99 not found"; }`;
  const { code, stderr } = start({ ETCD_IMAGE: "etcd:3.6.99" }, ["etcd"], broken);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "image etcd:3.6.99 not found\nweb-1: failed: etcd does not run with its new settings; those of before are back, and its last lines are above\n",
  );
  expect(node.read("etc/kubernetes/manifests/etcd.yaml")).toBe(before);
  expect(start({ ETCD_IMAGE: "etcd:3.6.16-0" })).toMatchObject({ code: 0 });
  expect(node.read("etc/kubernetes/manifests/etcd.yaml")).toContain("etcd:3.6.16-0");
  expect(node.has("var/lib/caravan/etcd-worked.yaml")).toBe(false);
});

it("continues with the data of a volume on a new machine when no other member answers", () => {
  node.write("var/lib/etcd/member/wal/0.wal");
  expect(start({ FIRST_RUN: "" })).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, `etcd: etcd:test existing ${SELF}`]);
});

it("deletes data only when the others report that it is no member any more", () => {
  others();
  node.write("var/lib/etcd/member/old");
  node.write("var/lib/etcd/member/wal/0.wal");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, ...JOINED]);
  expect(node.has("var/lib/etcd/member/old")).toBe(false);
});

it("promotes a learner after an interrupted promotion", () => {
  others();
  node.write("var/lib/etcd/member/wal/0.wal");
  node.write("run/members", `${node.read("run/members")}{"ID": "9", "peerURLs": ["https://10.40.0.20:2380"], "isLearner": true}\n`);
  node.write("run/learner", ', "isLearner": true');
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, `etcd: etcd:test existing ${SELF}`, PROMOTE]);
});

it("votes even when it serves clients only a while after it answers probes", () => {
  others();
  node.write("run/refusals", "once\ntwice\n");
  expect(start()).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([...KUBELET, ...JOINED]);
});

it("runs kubeadm's image", () => {
  start({ ETCD_IMAGE: "", IMAGE_REPOSITORY: "registry.example.com" });
  expect(node.calls).toEqual([
    "kubeadm config images list --kubernetes-version v1.36.3 --image-repository registry.example.com",
    ...KUBELET,
    `etcd: registry.k8s.io/etcd:3.6.8-0 new ${SELF}`,
    `etcd: registry.k8s.io/etcd:3.6.8-0 existing ${SELF}`,
  ]);
});

it("runs a second etcd, and removes it with its data when it is no longer wanted", () => {
  start({}, ["etcd", "cilium-etcd"]);
  expect(node.has("etc/kubernetes/manifests/cilium-etcd.yaml")).toBe(true);
  expect(node.has("var/lib/cilium-etcd/member")).toBe(true);
  expect(start()).toMatchObject({ code: 0 });
  expect(node.has("etc/kubernetes/manifests/cilium-etcd.yaml")).toBe(false);
  expect(node.has("var/lib/cilium-etcd/member")).toBe(false);
  expect(node.has("var/lib/caravan/cilium-etcd-ran")).toBe(false);
  expect(node.has("etc/kubernetes/manifests/etcd.yaml")).toBe(true);
});

it("mounts a volume before any other change to etcd", () => {
  const stubs = `${commands}\nmount_volume() { record mount_volume "$@"; }`;
  const nothing = {
    ...commandsInput(),
    PEERS: "",
    INSTANCES: "",
    KUBERNETES_VERSION: "1.36.3",
    IMAGE_REPOSITORY: "",
    ETCD_IMAGE: "etcd:test",
    FILES: "",
  };
  node.runNodeScript("etcd", { ...nothing, VOLUME_ID: "volume-1", VOLUME_GIB: "20" }, stubs);
  expect(node.calls[0]).toBe("mount_volume volume-1 20 /var/lib/etcd");
});

it("starts nothing without the volume of its data", () => {
  const stubs = `${commands}\nmount_volume() { fail "the disk did not come"; }`;
  const { code, stderr } = start({ VOLUME_ID: "volume-1", VOLUME_GIB: "20" }, ["etcd"], stubs);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("failed: mount the data volume, after") });
  expect(node.calls).toEqual([]);
});

it("joins again, with data on the machine's own disk, before its volume is deleted", () => {
  others();
  start();
  node.write("etc/fstab", `UUID=1 ${node.folder}/var/lib/etcd ext4 defaults,nofail 0 2\n`);
  const before = node.calls.length;
  // Below the mount is data from before the volume.
  const unmount = `
    unmount_volume() {
      record unmount_volume "$1" "$(ls /etc/kubernetes/manifests)"
      touch "$1/member/wal/0.wal" "$1/member/old"
      rm /run/running-etcd
    }`;
  expect(start({}, ["etcd"], commands + unmount)).toMatchObject({ code: 0, stderr: expect.stringContaining("leave the data volume") });
  const leave = ["unmount_volume /var/lib/etcd ", "systemctl daemon-reload", "systemctl enable --now kubelet"];
  expect(node.calls.slice(before)).toEqual([...leave, 'cluster/member/remove {"ID": "9"}', ...JOINED]);
  expect([node.has("var/lib/etcd/member/old"), node.read("etc/fstab")]).toEqual([false, ""]);
});

/** Stubs of a machine that has another version of Kubernetes than the wanted one. */
const older = `${commands}
await_settled_pods() { record static pods settle; }
kubeadm_version() { echo "v$(cat /run/has-kubeadm 2>/dev/null || echo 1.36.3)"; }
kubelet_version() { echo "Kubernetes v$(cat /run/has-kubelet 2>/dev/null || echo 1.36.3)"; }`;

it("upgrades the kubelet and the member, after the others are found to vote, and once", () => {
  others();
  start();
  const before = node.calls.length;
  const wish = { KUBERNETES_VERSION: "1.37.2", ETCD_IMAGE: "etcd:3.6.11-0" };
  expect(start(wish, ["etcd"], older)).toMatchObject({ code: 0 });
  expect(node.calls.slice(before)).toEqual([
    "install kubeadm 1.37.2",
    "save_snapshot https://10.40.0.21:2379 1.37.2",
    "install kubelet kubectl 1.37.2",
    ...KUBELET.slice(0, 2),
    "static pods settle",
    ...KUBELET.slice(2),
    `etcd: etcd:3.6.11-0 existing ${OTHERS},${SELF}`,
  ]);
  const after = node.calls.length;
  expect(start(wish, ["etcd"], older)).toMatchObject({ code: 0 });
  expect(node.calls.slice(after)).toEqual(["systemctl enable --now kubelet"]);
});

it("saves etcd on the initial member's machine only", () => {
  others();
  start({ FIRST_MEMBER: "web-0" });
  expect(start({ FIRST_MEMBER: "web-0", ETCD_IMAGE: "etcd:3.6.11-0" })).toMatchObject({ code: 0 });
  expect(node.calls.filter((call) => call.startsWith("save"))).toEqual([]);
});

it.each([
  ["another member does not answer", "10.40.0.22", "members of etcd do not answer or do not vote: etcd-2. No other one is restarted now; "],
  [
    "no member answers",
    "10.40.0.2",
    "no member of etcd answers, so none gets another version; start them again with the versions that they have\n",
  ],
])("changes no version while %s", (_, silent, reason) => {
  others();
  start();
  const before = node.calls.length;
  for (const address of ["10.40.0.21", "10.40.0.22"]) if (address.startsWith(silent)) node.delete(`run/answers/${address}`);
  expect(start({ ETCD_IMAGE: "etcd:3.6.11-0" })).toMatchObject({ code: 1, stderr: expect.stringContaining(`web-1: failed: ${reason}`) });
  expect(node.calls.slice(before)).toEqual([]);
});

it.each([
  ["3.7.0-0", "3.6.8", "only members of 3.6.11 and later take one of 3.7.0-0 among them; run once with etcd.etcdVersion 3.6.11-0\n"],
  [
    "3.6.11-0",
    "3.7.0",
    "3.6.11-0 is older, but etcd does not go back to an earlier minor version; give etcd.etcdVersion of 3.7.0 or later\n",
  ],
  ["3.8.0-0", "3.6.11", "3.8.0-0 is more than one minor version later; give etcd.etcdVersion of the next minor version first\n"],
])("does not give %s to a member among those of %s", (tag, version, reason) => {
  others();
  start();
  for (const address of ["10.40.0.21", "10.40.0.22"]) node.write(`run/answers/${address}`, version);
  const before = node.calls.length;
  const stderr = expect.stringContaining(`web-1: failed: etcd on etcd-1 runs ${version}, and ${reason}`);
  expect(start({ ETCD_IMAGE: `etcd:${tag}` })).toMatchObject({ code: 1, stderr });
  expect(node.calls.slice(before)).toEqual([]);
});

it("takes 3.7 among members of 3.6.11, and while others have it already", () => {
  others();
  start();
  node.write("run/answers/10.40.0.21", "3.6.11");
  node.write("run/answers/10.40.0.22", "3.7.0");
  expect(start({ ETCD_IMAGE: "etcd:3.7.0-0" })).toMatchObject({ code: 0 });
});

it("gives up the data of before a restore once, and joins the restored etcd", () => {
  others();
  node.write("run/answers/10.40.0.20");
  node.write("var/lib/etcd/member/wal/0.wal", "former");
  node.write("var/lib/caravan/etcd-ran");
  node.write("var/lib/caravan/etcd-machine");
  const stubs = `${commands}
etcd_retry() { [[ $3 != kv/put ]] && etcd_call "\${@:2}" || record etcd_retry "$3"; }
is_recorded() { false; }`;
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14" }, ["etcd"], stubs)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/leave the etcd of before the restore .*\n.*etcd joins https:\/\/10.40.0.21:2379/),
  });
  expect(node.calls.filter((call) => /member\/add|etcd_retry/.test(call))).toEqual([
    'cluster/member/add {"peerURLs": ["https://10.40.0.20:2380"], "isLearner": true}',
    "etcd_retry kv/put",
  ]);
  expect(node.read("var/lib/etcd/restored")).toBe("2027-01-14\n");
  const before = node.calls.length;
  expect(start({ FIRST_RUN: "", RESTORE: "2027-01-14" }, ["etcd"], stubs)).toMatchObject({ code: 0 });
  expect(node.calls.slice(before).filter((call) => /member\/add|etcd_retry/.test(call))).toEqual(["etcd_retry kv/put"]);
});
