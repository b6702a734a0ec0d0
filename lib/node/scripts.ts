import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type { ScriptName } from "./script-inputs.ts";
import { shellQuote } from "./shell.ts";

/** Files that prepare a machine. The scripts of roles have them, too, for later changes. */
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

/** Files that check a new machine, made or imported, and prepare it. */
const FIRST_PREPARATION = [...PREPARATION, "first-boot.sh", "machine-checks.sh"] as const;

/** Files that make a machine a worker. */
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
] as const;

/** Files of the Python program that changes nodes of a pool. */
const NODE_CHANGE = ["drain-obstacles.py", "node-drain.py", "node-places.py", "node-change.py"] as const;

/** Files of the Python program that says why a control plane's drain does not end. */
const OWN_DRAIN = ["drain-obstacles.py", "own-drain-obstacles.py"] as const;

interface Parts {
  files: readonly string[];
  /** Files of a Python program, which the script has in a variable of this name. */
  PROGRAM?: readonly string[];
  entry: string;
}

/** Files of each script in lib/scripts/, and the function that is called when all are read. */
const PARTS: Record<ScriptName, Parts> = {
  prepare: { files: [...FIRST_PREPARATION, "prepare-machine.sh"], entry: "prepare_machine" },
  controlPlane: {
    files: [
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
    PROGRAM: OWN_DRAIN,
    entry: "start_control_plane",
  },
  renewCertificates: {
    files: [
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
    entry: "renew_certificates",
  },
  bastion: { files: ["common.sh", "first-boot.sh", "bastion.sh"], entry: "start_bastion" },
  admitNodes: {
    files: ["common.sh", "takeover.sh", "node-removal.sh", "node-records.sh", "node-credential.sh", "admit-nodes.sh"],
    entry: "admit_nodes",
  },
  worker: { files: WORKER, entry: "join_worker" },
  reconcileControlPlanes: {
    files: [
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
    entry: "reconcile_control_planes",
  },
  completeRotation: {
    files: [
      "common.sh",
      "takeover.sh",
      "node-removal.sh",
      "cluster-cas.sh",
      "rotation-phases.sh",
      "rotation-trust.sh",
      "rotation-completion.sh",
    ],
    entry: "complete_rotation",
  },
  etcd: {
    files: [
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
    entry: "start_etcd",
  },
  restoreEtcd: {
    files: [
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
    entry: "restore_etcd",
  },
  reconcileEtcd: { files: ["common.sh", "etcd-members.sh", "reconcile-etcd.sh"], entry: "reconcile_etcd" },
  importedPrepare: {
    files: [...FIRST_PREPARATION, "imported-owner.sh", "imported-prepare.sh"],
    entry: "prepare_imported",
  },
  importedJoin: { files: [...WORKER, "imported-join.sh"], entry: "join_imported" },
  importedReset: { files: ["common.sh", "imported-owner.sh", "containerd-credentials.sh", "imported-reset.sh"], entry: "reset_server" },
  machineReport: { files: ["common.sh", "etcd-members.sh", "machine-report.sh"], entry: "report_machine" },
  lastScript: { files: ["common.sh", "last-script.sh"], entry: "print_last_script" },
  beginNodeChange: { files: ["common.sh", "takeover.sh", "begin-node-change.sh"], PROGRAM: NODE_CHANGE, entry: "begin_node_change" },
  endNodeChange: { files: ["common.sh", "takeover.sh", "end-node-change.sh"], PROGRAM: NODE_CHANGE, entry: "end_node_change" },
  reconcilePool: {
    files: ["common.sh", "takeover.sh", "node-removal.sh", "node-records.sh", "reconcile-pool.sh"],
    entry: "reconcile_pool",
  },
};

/** Returns the text that prepares a machine, by which machines know whether their preparation has changed. */
export function preparationText(): string {
  return PREPARATION.map(readScript).join("\n");
}

/** Returns the text of a script for a machine. Its input comes before it, as shell assignments. */
export function nodeScript(name: ScriptName): string {
  const { files, PROGRAM, entry } = PARTS[name];
  const program = PROGRAM ? [`PROGRAM=${shellQuote(PROGRAM.map(readScript).join("\n"))}`] : [];
  return [...files.map(readScript), ...program, entry].join("\n");
}

/** Comment lines by type of file. A shebang in the first line of a script is no comment. */
const COMMENTS: Record<string, RegExp> = { ".sh": /^ *#(?!!).*\n/gm, ".py": /^ *#(?!!).*\n/gm, ".mjs": /^ *(\/\/|\/?\*).*\n/gm };

/** Reads a file in lib/scripts without its comments: a state keeps it many times, and a changed comment must not change a cluster. */
export function readScript(file: string): string {
  const text = readFileSync(new URL(`../scripts/${file}`, import.meta.url), "utf8");
  return text.replace(COMMENTS[extname(file)]!, "");
}
