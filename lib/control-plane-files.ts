import { auditPolicy } from "./kubeadm/audit-policy.ts";
import type { ClusterConfigurationArgs } from "./kubeadm/cluster-configuration.ts";
import { encryptionConfiguration } from "./kubeadm/encryption.ts";
import { initConfiguration } from "./kubeadm/init.ts";
import { joinConfiguration } from "./kubeadm/join.ts";
import type { KubeletArgs } from "./kubeadm/kubelet.ts";
import * as paths from "./kubeadm/paths.ts";
import type { NodeFile } from "./node-files.ts";
import { readScript } from "./node-scripts.ts";
import type { KeyPair } from "./pki/certificates.ts";

/** What a control plane is given, secrets included. */
export interface ControlPlaneFilesArgs {
  cluster: ClusterConfigurationArgs;
  kubelet?: KubeletArgs | undefined;
  ignorePreflightErrors?: readonly string[] | undefined;
  authorities: { cluster: KeyPair; etcd: KeyPair; frontProxy: KeyPair };
  serviceAccount: { publicKey: string; privateKey: string };
  encryptionKey: string;
  /** kubeconfig with which a joining control plane finds the cluster. */
  bootstrapKubeconfig: string;
}

/** Every file that a control plane needs before kubeadm runs. They are the same on all of them. */
export function controlPlaneFiles(args: ControlPlaneFilesArgs): NodeFile[] {
  const registration = { ignorePreflightErrors: args.ignorePreflightErrors };
  const secret = (path: string, content: string): NodeFile => ({ path, mode: "0600", content });
  return [
    ...authorityFiles("ca", args.authorities.cluster),
    ...authorityFiles("etcd/ca", args.authorities.etcd),
    ...authorityFiles("front-proxy-ca", args.authorities.frontProxy),
    { path: "/etc/kubernetes/pki/sa.pub", mode: "0644", content: args.serviceAccount.publicKey },
    secret("/etc/kubernetes/pki/sa.key", args.serviceAccount.privateKey),
    secret(paths.AUDIT_POLICY, auditPolicy()),
    secret(paths.ENCRYPTION, encryptionConfiguration(args.encryptionKey)),
    secret(paths.CONTROL_PLANE_DISCOVERY, args.bootstrapKubeconfig),
    secret(paths.INIT_CONFIGURATION, initConfiguration({ cluster: args.cluster, kubelet: args.kubelet, registration })),
    secret(
      paths.CONTROL_PLANE_JOIN_CONFIGURATION,
      joinConfiguration({ discovery: paths.CONTROL_PLANE_DISCOVERY, controlPlane: true, registration }),
    ),
    ...servingCertificateApprover(),
  ];
}

function authorityFiles(name: string, { certificate, privateKey }: KeyPair): NodeFile[] {
  return [
    { path: `/etc/kubernetes/pki/${name}.crt`, mode: "0644", content: certificate },
    { path: `/etc/kubernetes/pki/${name}.key`, mode: "0600", content: privateKey },
  ];
}

/** A timer that approves the kubelets' serving certificates, at the join and at each renewal. */
function servingCertificateApprover(): NodeFile[] {
  const script = "/usr/local/sbin/caravan-approve-serving-certificates";
  const service =
    "[Unit]\nDescription=Approve serving certificates of kubelets\n\n[Service]\nType=oneshot\n" +
    `ExecStart=${script}\nTimeoutStartSec=60\n`;
  const timer =
    "[Unit]\nDescription=Approve serving certificates of kubelets\n\n[Timer]\nOnBootSec=10\nOnUnitInactiveSec=10\nAccuracySec=1\n\n[Install]\nWantedBy=timers.target\n";
  return [
    { path: script, mode: "0755", content: readScript("approve-serving-certificates.sh") },
    { path: "/etc/systemd/system/caravan-approve.service", mode: "0644", content: service },
    { path: "/etc/systemd/system/caravan-approve.timer", mode: "0644", content: timer },
  ];
}
