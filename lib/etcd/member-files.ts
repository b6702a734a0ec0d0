import { type BackupFilesArgs, backupFiles } from "../etcd-backup/files.ts";
import { SETTINGS_FOLDER } from "../kubeadm/paths.ts";
import type { KubeletSettings } from "../kubeadm/settings.ts";
import type { NodeFile } from "../node/files.ts";
import type { KeyPair } from "../pki/key-pair.ts";
import { certificateFolder, type EtcdInstance } from "./instances.ts";
import type { EtcdTuning } from "./settings.ts";
import { standaloneKubeletFiles } from "./standalone-kubelet.ts";
import { etcdStaticPod } from "./static-pod.ts";
import { etcdSettings } from "./tuning.ts";

/** Certificates of one member. */
export interface MemberCertificates {
  /** Certificate of the CA, PEM. The CA's key never reaches a member. */
  ca: string;
  /** Certificate for connections from clients. */
  server: KeyPair;
  /** Certificate for connections between members. */
  peer: KeyPair;
}

export interface MemberFilesArgs {
  kubelet?: KubeletSettings | undefined;
  settings: EtcdTuning;
  /** Backups of Kubernetes' etcd. @default none */
  backup?: BackupFilesArgs | undefined;
  /** Etcds that the machine runs, each with its certificates. */
  etcds: readonly { instance: EtcdInstance; certificates: MemberCertificates }[];
}

/** Makes all files that a member's machine needs before its etcds start. */
export function memberFiles({ kubelet, settings, backup, etcds }: MemberFilesArgs): NodeFile[] {
  return [
    ...etcds.flatMap(({ instance, certificates }) => [
      ...certificateFiles(certificateFolder(instance), certificates),
      {
        path: `${SETTINGS_FOLDER}/${instance.name}.yaml`,
        mode: "0600",
        content: etcdStaticPod({ instance, settings: etcdSettings(settings), ca: certificates.ca }),
      },
    ]),
    ...standaloneKubeletFiles(kubelet),
    ...(backup ? backupFiles(backup) : []),
  ];
}

function certificateFiles(folder: string, { ca, server, peer }: MemberCertificates): NodeFile[] {
  return [
    { path: `${folder}/ca.crt`, mode: "0644", content: ca },
    ...Object.entries({ server, peer }).flatMap(([name, { certificate, privateKey }]) => [
      { path: `${folder}/${name}.crt`, mode: "0644", content: certificate },
      { path: `${folder}/${name}.key`, mode: "0600", content: privateKey },
    ]),
  ];
}
