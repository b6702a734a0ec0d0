import type * as pulumi from "@pulumi/pulumi";
import type { ControlPlaneSettings } from "../../lib/control-plane/settings.ts";
import type { EtcdBackupSettings, EtcdRestoreSettings } from "../../lib/etcd-backup/settings.ts";
import type { EventRateLimit, KubeProxySettings } from "../../lib/kubeadm/settings.ts";
import type { ClusterSoftwareSettings } from "../../lib/node/settings.ts";
import type { Endpoint } from "../api-endpoint.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { EtcdClient } from "../etcd-cluster.ts";
import type { MarkArgs } from "../openstack/mark.ts";
import type { ControlPlaneCredentials } from "../pki/credentials.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";

/** Networks inside a cluster. */
export interface ClusterCidrs {
  /** Network of the pods. */
  podCidr: string;
  /** Network of the Services. */
  serviceCidr: string;
  /** Prefix length of each node's share of the pod network. */
  nodeCidrMask: number;
}

export interface ControlPlaneArgs extends ControlPlaneSettings, ClusterSoftwareSettings, MarkArgs {
  /** Etcd on its own machines. @default a member on each control plane */
  etcd?: EtcdClient;
  /** Tag of the image of etcd on the control planes, like "3.6.11-0"; 3.6 or 3.7. @default that of the Kubernetes version (lib/upgrade/etcd-versions.ts) */
  etcdVersion?: string;
  /** Backups of the etcd on the control planes. @default none */
  etcdBackup?: EtcdBackupSettings;
  /** Restore of the etcd on the control planes from a backup, once for each id. @default none */
  etcdRestore?: EtcdRestoreSettings;
  /** Network of the machines. */
  network: NetworkAttachment;
  /** Ids of the security groups of the machines' ports. */
  securityGroupIds: pulumi.Input<string>[];
  /** Endpoint of the API. */
  endpoint: Endpoint;
  /** Credentials of the control planes: `credentials` of ClusterPki, or others. */
  credentials: ControlPlaneCredentials;
  /** SSH access to the machines. */
  ssh: SshAccess;
  /** Validity of the certificates that kubeadm makes, from "10m" to "8760h". @default "8760h" */
  certificateValidity?: string;
  /** Networks inside the cluster. */
  cidrs: ClusterCidrs;
  /** Settings of kube-proxy, or false when the network plugin replaces it. @default the library's settings */
  kubeProxy?: KubeProxySettings | false;
  /** Limits of the events that each API server accepts. @default enough for 100 nodes with 5,000 pods */
  eventRateLimits?: EventRateLimit[];
  /** Replicas of CoreDNS, from 1 to 1000. @default kubeadm's two, or the number that you have scaled them to */
  dnsReplicas?: number;
}

/** Returns the id of the last restore of etcd, on the control planes or on machines of its own; `undefined` without one. */
export function restoreOf({ etcd, etcdRestore }: Pick<ControlPlaneArgs, "etcd" | "etcdRestore">): string | undefined {
  return etcd ? etcd.restore : etcdRestore?.id;
}
