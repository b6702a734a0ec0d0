import { defined } from "../defined.ts";
import { type BackupFilesArgs, backupFiles } from "../etcd-backup/files.ts";
import { type AdmissionArgs, admissionConfiguration } from "../kubeadm/admission.ts";
import { auditPolicy } from "../kubeadm/audit-policy.ts";
import { authenticationConfiguration } from "../kubeadm/authentication.ts";
import type { ClusterConfigurationArgs } from "../kubeadm/cluster-configuration.ts";
import { initConfiguration } from "../kubeadm/init.ts";
import { joinConfiguration } from "../kubeadm/join.ts";

import { settingsPatches } from "../kubeadm/patches.ts";
import * as paths from "../kubeadm/paths.ts";
import { schedulerConfiguration } from "../kubeadm/scheduler.ts";
import type { AuthenticationSettings, KubeletSettings, KubeProxySettings, SchedulerSettings } from "../kubeadm/settings.ts";
import type { NodeFile } from "../node/files.ts";
import { bundle } from "../pki/bundle.ts";
import type { KeyPair } from "../pki/key-pair.ts";
import { rotated } from "../rotation/keyrings.ts";
import { clusterCaFiles, encryptionFile, type RotatedKeysArgs, rotatedKeyFiles } from "./key-files.ts";
import { certificateRenewal, servingCertificateApprover } from "./units.ts";
import { keepalivedPassword, type VirtualAddressArgs, virtualAddressFiles } from "./virtual-address.ts";

const PKI_FOLDER = "/etc/kubernetes/pki";

/** Arguments of a control plane's files, secrets included. */
export interface ControlPlaneFilesArgs extends AdmissionArgs, RotatedKeysArgs {
  cluster: ClusterConfigurationArgs;
  kubelet?: KubeletSettings | undefined;
  kubeProxy?: KubeProxySettings | undefined;
  ignorePreflightErrors?: readonly string[] | undefined;
  /** CA of stacked etcd, or endpoints and client certificate of an external etcd. */
  etcd: EtcdFilesArgs;
  scheduler?: SchedulerSettings | undefined;
  authentication?: AuthenticationSettings | undefined;
  /** Virtual address of the control planes. @default none */
  virtualAddress?: VirtualAddressArgs | undefined;
  /** Password of keepalived. @default derived from the encryption key */
  virtualAddressPassword?: string | undefined;
  /** Backups of stacked etcd. @default none */
  backup?: BackupFilesArgs | undefined;
  /** Id of the last restore of an external etcd, after which the components start again. @default none */
  restore?: string | undefined;
}

/** etcd as the API server sees it: stacked, with a member on each control plane, or external. */
export type EtcdFilesArgs =
  | { topology: "stacked"; ca: KeyPair }
  | { topology: "external"; endpoints: readonly string[]; eventsEndpoints?: readonly string[]; ca: string; client: KeyPair };

/** Makes all files that a control plane needs before kubeadm runs. They are the same on every control plane. */
export function controlPlaneFiles(args: ControlPlaneFilesArgs): NodeFile[] {
  const { virtualAddress, virtualAddressPassword: password = keepalivedPassword(args.encryptionKey) } = args;
  return [
    ...clusterCaFiles(args),
    ...etcdFiles(args),
    ...rotatedKeyFiles(args).files,
    ...componentFiles(args),
    ...kubeadmFiles(args),
    ...servingCertificateApprover(),
    ...certificateRenewal(args.cluster.certificateValidity),
    ...(args.backup ? backupFiles(args.backup) : []),
    ...(virtualAddress ? virtualAddressFiles({ ...virtualAddress, password, ...defined({ cas: rotatedCas(args) }) }) : []),
  ];
}

/** Returns the CAs of the Kubernetes API that are trusted, if they are rotated. */
function rotatedCas({ cas, trusted, rotation }: ControlPlaneFilesArgs): string | undefined {
  return rotated(rotation).includes("clusterCa") ? bundle(cas.cluster.certificate, trusted?.clusterCas) : undefined;
}

/** Makes the files that the API server and the scheduler read, and the patches that restart them when one changes. */
function componentFiles(args: ControlPlaneFilesArgs): NodeFile[] {
  const apiServerFiles = [
    secret(paths.ADMISSION, admissionConfiguration(args)),
    secret(paths.AUDIT_POLICY, auditPolicy()),
    secret(paths.AUTHENTICATION, authenticationConfiguration(args.authentication)),
    encryptionFile(args),
  ];
  const schedulerFiles = [secret(paths.SCHEDULER, schedulerConfiguration(args.scheduler))];
  const { "kube-apiserver": ofApiServer, "kube-controller-manager": ofControllerManager } = rotatedKeyFiles(args).readAtStart;
  // etcd and its clients read the CAs that they trust only at their start.
  const etcdCas = rotated(args.rotation).includes("etcdCa") ? etcdFiles(args).filter(({ path }) => path.endsWith("/etcd/ca.crt")) : [];
  // API servers, controllers and the scheduler remember data from before the restore.
  const restored = args.restore === undefined ? [] : [secret("restore", args.restore)];
  const controllerManagerFiles = [...ofControllerManager, ...restored];
  const patches = settingsPatches({
    ...(etcdCas.length > 0 && args.etcd.topology === "stacked" ? { etcd: etcdCas } : {}),
    "kube-apiserver": [...apiServerFiles, ...ofApiServer, ...etcdCas, ...restored],
    ...(controllerManagerFiles.length > 0 ? { "kube-controller-manager": controllerManagerFiles } : {}),
    "kube-scheduler": [...schedulerFiles, ...restored],
  });
  return [...apiServerFiles, ...schedulerFiles, ...patches];
}

function kubeadmFiles({ cluster, etcd, kubelet, kubeProxy, ignorePreflightErrors, rotation }: ControlPlaneFilesArgs): NodeFile[] {
  const registration = { ignorePreflightErrors };
  const { eventsEndpoints, endpoints: etcdEndpoints } = etcd.topology === "external" ? etcd : {};
  const signingCa = rotated(rotation).includes("clusterCa") ? paths.SIGNING_CA : undefined;
  const settings = { ...cluster, etcdEndpoints, eventsEndpoints, signingCa };
  return [
    secret(paths.INIT_CONFIGURATION, initConfiguration({ cluster: settings, kubelet, kubeProxy, registration })),
    secret(paths.CONTROL_PLANE_JOIN_CONFIGURATION, joinConfiguration({ controlPlane: true, patches: paths.PATCHES_FOLDER, registration })),
  ];
}

function etcdFiles({ etcd, trusted }: ControlPlaneFilesArgs): NodeFile[] {
  if (etcd.topology === "stacked") {
    const certificate = bundle(etcd.ca.certificate, trusted?.etcdCas);
    return pairFiles("etcd/ca", { ...etcd.ca, certificate });
  }
  return [{ path: `${PKI_FOLDER}/etcd/ca.crt`, mode: "0644", content: etcd.ca }, ...pairFiles("apiserver-etcd-client", etcd.client)];
}

function secret(path: string, content: string): NodeFile {
  return { path, mode: "0600", content };
}

function pairFiles(name: string, { certificate, privateKey }: KeyPair): NodeFile[] {
  return [
    { path: `${PKI_FOLDER}/${name}.crt`, mode: "0644", content: certificate },
    { path: `${PKI_FOLDER}/${name}.key`, mode: "0600", content: privateKey },
  ];
}
