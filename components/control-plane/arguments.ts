import type * as pulumi from "@pulumi/pulumi";
import type {
  AuthenticationSettings,
  EventRateLimit,
  ExtraArgs,
  ExtraEnvs,
  KubeProxySettings,
  PodSecuritySettings,
  SchedulerSettings,
} from "../../lib/kubeadm/settings.ts";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import type { ClusterSoftwareSettings } from "../../lib/node/settings.ts";
import type { Endpoint } from "../api-endpoint.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { EtcdClient } from "../etcd-cluster.ts";
import type { ControlPlaneCredentials } from "../pki/credentials.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";

/** Networks inside of a cluster. */
export interface ClusterCidrs {
  /** Network of the pods. */
  podCidr: string;
  /** Network of the services. */
  serviceCidr: string;
  /** Prefix length of each node's part of the pod network. */
  nodeCidrMask: number;
}

export interface ControlPlaneArgs extends ClusterSoftwareSettings {
  /** Name of the cluster. */
  clusterName: string;
  /** Number of control planes: 1, 3, 5 or 7 when each has a member of etcd, 1 to 50 with an etcd of its own. @default 1 */
  count?: number;
  /** An etcd on machines of its own. @default a member on each control plane */
  etcd?: EtcdClient;
  /** What each is made from. */
  machine: MachineSettings;
  /** Where they are put. */
  network: NetworkAttachment;
  /** Ids of the security groups of their ports. */
  securityGroupIds: pulumi.Input<string>[];
  /** Where the API is reached. */
  endpoint: Endpoint;
  /** What makes them the control planes of this cluster: `credentials` of ClusterPki, or others. */
  credentials: ControlPlaneCredentials;
  /** How the machines are reached. */
  ssh: SshAccess;
  /** Networks inside of the cluster. */
  cidrs: ClusterCidrs;
  /** Settings of kube-proxy, or false when the network plugin does its work. @default the library's settings */
  kubeProxy?: KubeProxySettings | false;
  /** Settings of the scheduler. @default Kubernetes' own */
  scheduler?: SchedulerSettings;
  /** Command-line arguments of what runs on control planes, which win over the library's. @default none */
  extraArgs?: ExtraArgs;
  /** Environment variables of what runs on control planes, which win over the library's; not for secrets. @default none */
  extraEnvs?: ExtraEnvs;
  /** Pod Security levels of namespaces without labels of their own. @default baseline is enforced; restricted is warned about and audited */
  podSecurity?: PodSecuritySettings;
  /** Authentication of users beside certificates and service accounts. Anonymous requests reach the health paths only. @default none */
  authentication?: AuthenticationSettings;
  /** Limits of the events that each API server takes. @default as many as 100 nodes with 5,000 pods may write */
  eventRateLimits?: EventRateLimit[];
  /** Replicas of CoreDNS, from 1 to 1000. @default the two that kubeadm makes, or what they were scaled to */
  dnsReplicas?: number;
}
