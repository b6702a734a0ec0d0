import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { commandsInput } from "../../../lib/node/setup.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

/** Stubs. Members with a file in /run/answers answer. The member list is in /run/members, one a line. */
const commands = `
sleep() { SECONDS=$((SECONDS + 20)); }
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
    *)
      local host=\${url#https://} && [[ -e /run/answers/\${host%%:*} ]] || return 7
      case $url in
        */list) echo "{\\"members\\": [$(paste -sd, /run/members)]}"; return ;;
        */add)
          echo '{"ID": "9", "peerURLs": ["https://10.40.0.20:2380"], "isLearner": true}' >>/run/members
          echo ', "isLearner": true' >/run/learner ;;
        */promote) rm /run/learner ;;
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
  start({ ETCD_IMAGE: "etcd:new" });
  expect(node.calls.slice(before + 1)).toEqual(["systemctl enable --now kubelet", `etcd: etcd:new existing ${OTHERS},${SELF}`]);
});

it("rolls back settings with which a member does not run, and applies right ones afterwards", () => {
  others();
  start();
  const before = node.read("etc/kubernetes/manifests/etcd.yaml");
  const broken = `${commands}
as_kubelet() { ! grep -q etcd:none "/etc/kubernetes/manifests/$1.yaml" && grep -q etcd "/etc/kubernetes/manifests/$1.yaml"; }
journalctl() { echo "image etcd:none not found"; }`;
  const { code, stderr } = start({ ETCD_IMAGE: "etcd:none" }, ["etcd"], broken);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "image etcd:none not found\nweb-1: failed: etcd does not run with its new settings; those of before are back, and its last lines are above\n",
  );
  expect(node.read("etc/kubernetes/manifests/etcd.yaml")).toBe(before);
  expect(start({ ETCD_IMAGE: "etcd:new" })).toMatchObject({ code: 0 });
  expect(node.read("etc/kubernetes/manifests/etcd.yaml")).toContain("etcd:new");
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
