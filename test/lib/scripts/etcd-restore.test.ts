import { afterEach, beforeEach, expect, it } from "vitest";
import { ScriptedNode } from "../../support/scripted-node.ts";

/**
 * Stubs. Members with a file in /run/members answer: its text is their list of members. Static pods with a manifest run; those in /run/stuck
 * do not end. The snapshot is /run/snapshot, which etcdutl "restores" into a folder.
 */
const commands = `
sleep() { SECONDS=$((SECONDS + 20)); }
command() { true; }
mountpoint() { false; }
pgrep() {
  local name=\${*: -1}; name=\${name#^}; name=\${name% }
  [[ $name != "--data-dir=/var/lib/etcd( |$)" ]] || name=etcd
  [[ -f /etc/kubernetes/manifests/$name.yaml || -f /run/stuck/$name ]]
}
ctr() {
  [[ $* != *list* ]] || { echo etcd:test; return; }
  record ctr "\${@:3:2}"
  [[ $* != *mount* || $* == *unmount* ]] || { mkdir -p "\${*: -1}/usr/local/bin" && cp /run/etcdutl "\${*: -1}/usr/local/bin/etcdutl"; }
}
kubelet() { cat /run/kubelet; }
fetch_snapshot() { record fetch; [[ ! -e /run/unfit ]] || { echo "failed: it does not fit"; return 1; }; cp /run/snapshot "$WORK/snapshot.db"; }
port_state() { cat "/run/ports/$1"; }
curl() {
  local request=\${*: -2:1} url=\${*: -1} host
  host=\${url#*://} host=\${host%%:*}
  case $url in
    */readyz) [[ -f /etc/kubernetes/manifests/etcd.yaml ]]; return ;;
    */range) [[ ! -e /run/recorded ]] || { cat /run/recorded; return; }; [[ -e /run/members/$host ]] && echo '{"header": {}}'; return ;;
  esac
  [[ -e /run/members/$host ]] || return 7
  case $url in
    */list) cat "/run/members/$host" ;;
    */status) echo '{"header": {"member_id": "1"}, "leader": "1", "version": "3.6.8"}' ;;
    */remove) record remove "$host" "$request" ;;
  esac
}`;

const ETCDUTL = `#!/bin/bash
printf '%s\\n' "etcdutl $*" >>CALLS
[[ $1 == snapshot ]] || { echo "etcdutl version: 3.6.8"; exit; }
while (($# > 0)); do [[ $1 != --data-dir ]] || folder=$2; shift; done
mkdir -p "$folder/member/wal"
echo restored >"$folder/member/wal/0.wal"
`;

const MEMBERS = `{"members": [
  {"ID": "1", "name": "web-1", "peerURLs": ["https://10.40.0.20:2380"]},
  {"ID": "2", "name": "web-2", "peerURLs": ["https://10.40.0.21:2380"]},
  {"ID": "3", "name": "web-3", "peerURLs": ["https://10.40.0.22:2380"]}]}`;

const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("run/etcdutl", ETCDUTL.replace("CALLS", `'${node.folder}/calls'`));
  node.run("", `chmod 0755 ${node.folder}/run/etcdutl`);
  node.write("run/snapshot", "snapshot");
  for (const host of ["10.40.0.21", "10.40.0.22"]) node.write(`run/ports/${host}`, "closed\n");
});
afterEach(() => node.remove());

const restore = (variables: Record<string, string> = {}) =>
  node.runNodeScript(
    "restoreEtcd",
    {
      ...{ FIRST_RUN: "yes", RESTORE: "2027-01-14", RESTORE_SETTINGS: "{}", LOST: "", ETCD: "stacked", ETCD_IMAGE: "etcd:test", FILES: "" },
      ...{ KUBERNETES_VERSION: "1.36.3", IMAGE_REPOSITORY: "", VOLUME_ID: "", VOLUME_GIB: "" },
      MEMBERS: "web-1 10.40.0.20\nweb-2 10.40.0.21\nweb-3 10.40.0.22",
      ...variables,
    },
    commands,
  );

/** A control plane that runs, with data and certificates. */
function running(): void {
  node.write("etc/kubernetes/pki/etcd/server.crt");
  node.write("var/lib/etcd/member/wal/0.wal", "former\n");
  for (const component of COMPONENTS) node.write(`etc/kubernetes/manifests/${component}.yaml`, `  - image: etcd:test\n`);
}

/** Members that answer, by the list of the first. */
function answering(...hosts: string[]): void {
  for (const host of hosts) node.write(`run/members/${host}`, MEMBERS);
}

const PEER = "https://10.40.0.20:2380";
const FETCH = ["ctr images mount", "ctr images unmount", "fetch"];
const RESTORE =
  `etcdutl snapshot restore /var/lib/caravan/etcd-restore/snapshot.db --data-dir /var/lib/etcd/.restore --name web-1 ` +
  `--initial-cluster web-1=${PEER} --initial-advertise-peer-urls ${PEER} --initial-cluster-token restore-2027-01-14 ` +
  "--bump-revision 1000000000 --mark-compacted";
const calls = () => node.calls.filter((call) => !call.startsWith("fetch_")).map((call) => (call === "fetch " ? "fetch" : call));
const state = () => ({
  data: node.has("var/lib/etcd/member/wal/0.wal") ? node.read("var/lib/etcd/member/wal/0.wal") : undefined,
  mark: node.has("var/lib/caravan/etcd-restored") ? node.read("var/lib/caravan/etcd-restored") : undefined,
  manifests: COMPONENTS.filter((component) => node.has(`etc/kubernetes/manifests/${component}.yaml`)),
});
const RESTORED = { data: "restored\n", mark: "2027-01-14\n", manifests: COMPONENTS };
const UNTOUCHED = { data: "former\n", mark: undefined, manifests: COMPONENTS };

it("takes the others out of etcd, those that do not answer first, and goes on alone with the snapshot", () => {
  running();
  answering("127.0.0.1", "10.40.0.21");
  const { code, stderr } = restore();
  expect({ code, stderr: stderr.replaceAll(/\d+ s\)/g, "s)") }).toEqual({
    code: 0,
    stderr: [
      "write the program of backups (s)",
      "get etcdutl of etcd's image (s)",
      "fetch and check the snapshot (s)",
      "take the other members out of etcd (s)",
      "stop etcd and what uses it (s)",
      "restore the snapshot (s)",
      "start with the restored data (s)",
      "etcd is restored: 2027-01-14",
    ]
      .map((line) => `web-1: ${line}\n`)
      .join(""),
  });
  expect(calls()).toEqual([...FETCH, 'remove 127.0.0.1 {"ID": "3"}', 'remove 127.0.0.1 {"ID": "2"}', RESTORE]);
  expect(state()).toEqual(RESTORED);
  expect(node.read("var/lib/caravan/etcd-before-restore/wal/0.wal")).toBe("former\n");
  expect(node.has("var/lib/caravan/etcd-restore")).toBe(false);

  // The same id does not restore again, on this machine and on one that replaces it.
  node.write("var/lib/etcd/member/wal/0.wal", "written since\n");
  expect(restore()).toMatchObject({ code: 0 });
  expect(restore({ FIRST_RUN: "" })).toMatchObject({ code: 0, stderr: "web-1: etcd was restored before, and is not restored again\n" });
  node.delete("var/lib/caravan/etcd-restored");
  node.write("run/recorded", '{"kvs": [{}]}');
  expect(restore()).toMatchObject({ code: 0, stderr: "web-1: etcd was restored before, and is not restored again\n" });
  expect(state()).toEqual({ ...RESTORED, data: "written since\n" });
});

it("touches nothing when the snapshot does not fit", () => {
  running();
  answering("127.0.0.1");
  node.write("run/unfit");
  expect(restore()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/failed: it does not fit\nweb-1: failed: fetch and check the snapshot, after/),
  });
  expect(state()).toEqual(UNTOUCHED);
  expect(calls()).toEqual(FETCH);
});

it.each([
  ["closed", "", 0, RESTORED, ""],
  [
    "silent",
    "",
    1,
    UNTOUCHED,
    "web-3 do not answer, and may have a majority of etcd among themselves: start them again, or name those that are gone for good in etcd.restore.lost",
  ],
  ["silent", "web-3", 0, RESTORED, ""],
] as const)("without a majority and with a member that is %s, lost: %j", (port, LOST, code, expected, reason) => {
  running();
  node.write("run/ports/10.40.0.22", `${port}\n`);
  expect(restore({ LOST })).toMatchObject({ code, stderr: expect.stringContaining(reason) });
  expect(state()).toEqual(expected);
});

it("leaves an etcd alone that has a majority without this machine", () => {
  running();
  answering("10.40.0.21");
  node.write("run/ports/10.40.0.21", "open\n");
  const reason =
    "etcd still runs on web-2 (10.40.0.21), and this machine is no member of it: run `pulumi up` without etcd.restore, so that it joins again, and restore then";
  expect(restore({ LOST: "web-2" })).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
  expect(state()).toEqual(UNTOUCHED);
});

it("does not restore while a former process has not ended", () => {
  running();
  answering("127.0.0.1");
  node.write("run/stuck/etcd");
  expect(restore()).toMatchObject({ code: 1, stderr: expect.stringContaining("timed out after 120 s waiting for the end of etcd") });
  expect(state()).toEqual({ ...UNTOUCHED, manifests: [] });
  node.delete("run/stuck/etcd");
  expect(restore()).toMatchObject({ code: 0 });
  expect(state()).toEqual(RESTORED);
});

it("keeps the data of before when it goes on after an interruption", () => {
  running();
  answering("127.0.0.1");
  node.write("var/lib/caravan/etcd-restore/id", "2027-01-14\n");
  node.write("var/lib/caravan/etcd-restore/kept");
  node.write("var/lib/caravan/etcd-before-restore/wal/0.wal", "former\n");
  node.write("var/lib/etcd/member/wal/0.wal", "half restored\n");
  expect(restore()).toMatchObject({ code: 0 });
  expect(state()).toEqual(RESTORED);
  expect(node.read("var/lib/caravan/etcd-before-restore/wal/0.wal")).toBe("former\n");
});

it("starts what it had stopped when it was interrupted after the restore", () => {
  node.write("etc/kubernetes/pki/etcd/server.crt");
  node.write("var/lib/etcd/member/wal/0.wal", "restored\n");
  node.write("var/lib/caravan/etcd-restored", "2027-01-14\n");
  for (const component of COMPONENTS) node.write(`var/lib/caravan/etcd-restore/manifests/${component}.yaml`);
  node.write("etc/kubernetes/manifests/other.yaml");
  expect(restore()).toMatchObject({ code: 0 });
  expect(state()).toEqual(RESTORED);
  expect(node.calls).toEqual([]);
});

it("gives a new machine of etcd alone the data, and leaves its start to the script of its role", () => {
  expect(restore({ ETCD: "external" })).toMatchObject({ code: 0 });
  expect(node.read("var/lib/etcd/member/wal/0.wal")).toBe("restored\n");
  expect(node.read("var/lib/etcd/restored")).toBe("2027-01-14\n");
  expect(node.read("var/lib/caravan/etcd-initial")).toBe(`existing web-1=${PEER}\n`);
  expect(["etcd-ran", "etcd-machine"].map((file) => node.has(`var/lib/caravan/${file}`))).toEqual([true, true]);
  expect(node.has("etc/kubernetes/manifests")).toBe(false);
});

it.each([
  ["stacked", "", true],
  ["stacked", "var/lib/caravan/etcd-restore/manifests", false],
  ["external", "", false],
])("does not restore and upgrade in one run: %s, with manifests in %j", (ETCD, folder, serves) => {
  running();
  answering("127.0.0.1");
  node.write("var/lib/caravan/etcd-machine");
  for (const place of [folder, serves ? "etc/kubernetes/manifests" : ""].filter(Boolean)) {
    node.write(`${place}/kube-apiserver.yaml`, "    image: registry.k8s.io/kube-apiserver:v1.35.6\n");
  }
  node.write("run/kubelet", "Kubernetes v1.35.6\n");
  const reason =
    "web-1: failed: this machine runs Kubernetes 1.35.6, and kubernetesVersion is 1.36.3: a run does not restore and upgrade; " +
    "restore with kubernetesVersion 1.35.6, and upgrade in a later run\n";
  expect(restore({ ETCD })).toMatchObject({ code: 1, stderr: reason });
  expect(node.calls).toEqual([]);
  expect(state()).toEqual(UNTOUCHED);
  expect(restore({ ETCD, KUBERNETES_VERSION: "1.35.6" })).toMatchObject({ code: 0 });
});
