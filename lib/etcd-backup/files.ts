import type { Unwrap } from "@pulumi/pulumi";
import { certificateFolder, KUBERNETES_ETCD } from "../etcd/instances.ts";
import { SETTINGS_FOLDER } from "../kubeadm/paths.ts";
import type { NodeFile } from "../node/files.ts";
import { readScript } from "../node/scripts.ts";
import { timedUnit } from "../node/units.ts";
import { minutesOf } from "./duration.ts";
import type { BackupFacts } from "./facts.ts";
import { DEFAULT_EVERY, DEFAULT_KEEP } from "./rules.ts";
import type { EtcdBackupSettings, EtcdStoreSettings } from "./settings.ts";

/** Settings of backups, all of which are known. */
export type KnownBackup = Unwrap<EtcdBackupSettings>;
export type KnownStore = Unwrap<EtcdStoreSettings>;

export interface BackupFilesArgs {
  clusterName: string;
  backup: KnownBackup;
  facts: BackupFacts;
  /** Key that authenticates manifests. */
  manifestKey: string;
  /** Kubeconfig on the machine, for the record in a ConfigMap. @default none is written */
  kubeconfig?: string;
}

/** Folder of the program. */
export const PROGRAM_FOLDER = "/usr/local/lib/caravan/etcd-backup";

/** Settings of the program. */
const SETTINGS = `${SETTINGS_FOLDER}/etcd-backup.json`;

/** Modules of the program, in lib/scripts/etcd-backup/. */
const MODULES = ["backup", "failure", "fetch", "gateway", "http_requests", "manifest", "record", "s3", "snapshot", "stores", "swift"];

/** Seconds until a backup is given up. A snapshot of 2 GiB takes about two minutes. */
const TIMEOUT = 3600;

/** Makes the files of the backups on a member's machine: the program, its settings, and its timer. */
export function backupFiles(args: BackupFilesArgs): NodeFile[] {
  const period = minutesOf(args.backup.every ?? DEFAULT_EVERY) * 60;
  // Every member looks this often whether it leads and a backup is due.
  const tick = Math.min(300, period / 10);
  return [
    ...programFiles(),
    { path: SETTINGS, mode: "0600", content: `${JSON.stringify(programSettings(args, period), undefined, 2)}\n` },
    ...timedUnit({
      name: "etcd-backup",
      description: "Back etcd up",
      service: [
        // Where the machine has no proxies, the file is missing.
        "EnvironmentFile=-/etc/caravan/proxy.env",
        `ExecStart=/usr/bin/python3 -IB ${PROGRAM_FOLDER}/backup.py ${SETTINGS}`,
        // This machine's member does not lead.
        "SuccessExitStatus=3",
        "Nice=10",
        `TimeoutStartSec=${TIMEOUT}`,
      ].join("\n"),
      timer: `OnActiveSec=30\nOnUnitInactiveSec=${tick}\nAccuracySec=5`,
    }),
  ];
}

/** Makes the files of the program. */
export function programFiles(): NodeFile[] {
  return MODULES.map((module) => ({
    path: `${PROGRAM_FOLDER}/${module}.py`,
    mode: "0644",
    content: readScript(`etcd-backup/${module}.py`),
  }));
}

function programSettings({ clusterName, backup, facts, manifestKey, kubeconfig }: BackupFilesArgs, every: number) {
  const certificates = certificateFolder(KUBERNETES_ETCD);
  return {
    cluster: clusterName,
    facts,
    every,
    keep: minutesOf(backup.keep ?? DEFAULT_KEEP) * 60,
    recipient: backup.recipient,
    manifestKey,
    folder: "/var/lib/caravan/etcd-backup",
    etcd: {
      endpoint: `https://127.0.0.1:${KUBERNETES_ETCD.clientPort}`,
      ca: `${certificates}/ca.crt`,
      certificate: `${certificates}/server.crt`,
      key: `${certificates}/server.key`,
      dataFolder: KUBERNETES_ETCD.dataFolder,
    },
    store: programStore(backup),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** Returns the settings of a store for the program. */
export function programStore({ s3, swift }: KnownStore) {
  return s3 ? { type: "s3", ...s3 } : { type: "swift", ...swift };
}
