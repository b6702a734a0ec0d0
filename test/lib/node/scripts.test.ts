import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import { nodeScript, readScript } from "../../../lib/node/scripts.ts";
import { shellQuote } from "../../../lib/node/shell.ts";
import { functionsOf } from "../../support/shell-scan.ts";

const PREPARATION = [
  "common.sh",
  "packages.sh",
  "proxy.sh",
  "kubernetes-packages.sh",
  "network-daemon.sh",
  "containerd-runtimes.sh",
  "containerd-credentials.sh",
  "containerd-registries.sh",
  "prepare-containerd.sh",
  "prepare.sh",
] as const;
const NODE_CHANGE = ["drain-obstacles.py", "node-drain.py", "node-places.py", "node-change.py"];
const WORKER = [
  ...PREPARATION,
  "kubelet.sh",
  "cluster-cas.sh",
  "kubelet-identity.sh",
  "kubelet-requests.sh",
  "discovery.sh",
  "setup-commands.sh",
  "upgrade-versions.sh",
  "upgrade-worker.sh",
  "worker.sh",
];
const FIRST_CHECKS = ["first-boot.sh", "machine-checks.sh"] as const;

it.each([
  ["prepare", [...PREPARATION, ...FIRST_CHECKS, "prepare-machine.sh"], "prepare_machine"],
  [
    "controlPlane",
    [
      ...PREPARATION,
      "kubernetes-folders.sh",
      "virtual-address.sh",
      "kubelet.sh",
      "static-pods.sh",
      "etcd-members.sh",
      "etcd-versions.sh",
      "etcd-snapshot.sh",
      "cluster-cas.sh",
      "discovery.sh",
      "node-credential.sh",
      "kubelet-identity.sh",
      "kubelet-signing.sh",
      "takeover.sh",
      "node-removal.sh",
      "node-records.sh",
      "control-plane-predecessor.sh",
      "control-plane-settings.sh",
      "control-plane-nodes.sh",
      "certificates.sh",
      "certificate-renewal.sh",
      "upgrade-versions.sh",
      "upgrade-checks.sh",
      "upgrade-drain.sh",
      "settled-pods.sh",
      "upgrade-control-plane.sh",
      "token-rights.sh",
      "rotation-phases.sh",
      "rotation-nodes.sh",
      "rotation-checks.sh",
      "etcd-backup.sh",
      "etcd-restored.sh",
      "setup-commands.sh",
      "control-plane.sh",
    ],
    "start_control_plane",
    ["drain-obstacles.py", "own-drain-obstacles.py"],
  ],
  [
    "renewCertificates",
    [
      "common.sh",
      "kubernetes-folders.sh",
      "kubelet.sh",
      "static-pods.sh",
      "node-records.sh",
      "control-plane-settings.sh",
      "cluster-cas.sh",
      "certificates.sh",
      "certificate-renewal.sh",
    ],
    "renew_certificates",
  ],
  ["bastion", ["common.sh", "first-boot.sh", "bastion.sh"], "start_bastion"],
  ["admitNodes", ["common.sh", "takeover.sh", "node-removal.sh", "node-records.sh", "node-credential.sh", "admit-nodes.sh"], "admit_nodes"],
  ["worker", WORKER, "join_worker"],
  [
    "reconcileControlPlanes",
    [
      "common.sh",
      "etcd-members.sh",
      "takeover.sh",
      "node-removal.sh",
      "node-records.sh",
      "upgrade-versions.sh",
      "token-rights.sh",
      "finish-upgrade.sh",
      "reconcile-control-planes.sh",
    ],
    "reconcile_control_planes",
  ],
  [
    "etcd",
    [
      ...PREPARATION,
      "kubernetes-folders.sh",
      "etcd-members.sh",
      "etcd-versions.sh",
      "etcd-snapshot.sh",
      "upgrade-versions.sh",
      "data-volume.sh",
      "etcd-backup.sh",
      "etcd-image.sh",
      "etcd-restored.sh",
      "setup-commands.sh",
      "settled-pods.sh",
      "etcd-upgrade.sh",
      "etcd.sh",
    ],
    "start_etcd",
  ],
  [
    "completeRotation",
    ["common.sh", "takeover.sh", "node-removal.sh", "cluster-cas.sh", "rotation-phases.sh", "rotation-trust.sh", "rotation-completion.sh"],
    "complete_rotation",
  ],
  [
    "restoreEtcd",
    [
      "common.sh",
      "kubernetes-folders.sh",
      "packages.sh",
      "proxy.sh",
      "etcd-members.sh",
      "data-volume.sh",
      "upgrade-versions.sh",
      "etcd-image.sh",
      "etcd-restored.sh",
      "etcd-restore.sh",
    ],
    "restore_etcd",
  ],
  ["reconcileEtcd", ["common.sh", "etcd-members.sh", "reconcile-etcd.sh"], "reconcile_etcd"],
  ["importedPrepare", [...PREPARATION, ...FIRST_CHECKS, "imported-owner.sh", "imported-prepare.sh"], "prepare_imported"],
  ["importedJoin", [...WORKER, "imported-join.sh"], "join_imported"],
  ["importedReset", ["common.sh", "imported-owner.sh", "containerd-credentials.sh", "imported-reset.sh"], "reset_server"],
  ["reconcilePool", ["common.sh", "takeover.sh", "node-removal.sh", "node-records.sh", "reconcile-pool.sh"], "reconcile_pool"],
  ["beginNodeChange", ["common.sh", "takeover.sh", "begin-node-change.sh"], "begin_node_change", NODE_CHANGE],
  ["endNodeChange", ["common.sh", "takeover.sh", "end-node-change.sh"], "end_node_change", NODE_CHANGE],
] as [ScriptName, string[], string, string[]?][])("makes %s of its parts and a call of its entry", (name, files, entry, program) => {
  const variable = program ? [`PROGRAM=${shellQuote(program.map(readScript).join("\n"))}`] : [];
  expect(nodeScript(name)).toBe([...files.map(readScript), ...variable, entry].join("\n"));
  expect(readScript(files.at(-1)!)).toContain(`\n${entry}() {\n`);
});

const SCRIPTS = new URL("../../../lib/scripts/", import.meta.url);

const sources = readdirSync(SCRIPTS, { withFileTypes: true, recursive: true }).flatMap((entry) =>
  entry.isFile() ? [`${entry.parentPath}/${entry.name}`.slice(SCRIPTS.pathname.length).replace(/^\/+/, "")] : [],
);

it.each(sources)("removes only comments from %s", (file) => {
  const [before, after] = [readFileSync(new URL(file, SCRIPTS), "utf8"), readScript(file)].map((text) => text.split("\n"));
  const isComment = /\.(sh|py)$/.test(file) ? /^ *#( |$)/ : /^ *(\/\/( |$)|\/\*\*( |$)| \* | \*\/$)/;
  const comments = before!.filter((line) => isComment.test(line));
  expect(comments).not.toEqual([]);
  expect(after).toEqual(before!.filter((line) => !comments.includes(line)));
});

it("keeps the shebang of a script", () => {
  expect(readScript("approve-serving-certificates.py").split("\n")[0]).toBe("#!/usr/bin/python3 -I");
});

it("defines each function and each constant in one file only, so that a name means one thing in all scripts", () => {
  const files = readdirSync(SCRIPTS).filter((file) => file.endsWith(".sh"));
  const names = files.flatMap((file) => [...new Set(functionsOf(readScript(file))), ...constantsOf(readScript(file))]);
  expect(names.filter((name, place) => names.indexOf(name) < place)).toEqual([]);
});

function constantsOf(script: string): string[] {
  return [...script.matchAll(/^ *readonly ([A-Z_]+)=/gm)].map(([, name]) => name!);
}
