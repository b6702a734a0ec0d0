import type { AuthenticationArgs } from "../lib/kubeadm/authentication.ts";
import type { ExtraArgs, ExtraEnvs } from "../lib/kubeadm/cluster-configuration.ts";
import type { EventRateLimit } from "../lib/kubeadm/event-rate-limits.ts";
import type { KubeProxyArgs } from "../lib/kubeadm/kube-proxy.ts";
import type { KubeletArgs } from "../lib/kubeadm/kubelet.ts";
import type { PodSecurityArgs } from "../lib/kubeadm/pod-security.ts";
import type { SchedulerArgs } from "../lib/kubeadm/scheduler.ts";
import type { NodeSoftwareArgs } from "../lib/node/software.ts";
import type { WaveArgs } from "../lib/pool/waves.ts";
import type { ScaleArgs } from "../lib/scale-profile/scaled-args.ts";
import type { ApiEndpointArgs } from "./api-endpoint.ts";
import type { CiliumArgs } from "./cilium-network.ts";
import type { NetworkArgs } from "./cluster-network.ts";
import type { ExternalEtcdArgs } from "./etcd-cluster.ts";
import type { FlannelArgs } from "./flannel-network.ts";
import type { ImportedPoolArgs } from "./imported-nodes.ts";
import type { PoolArgs } from "./node-pool.ts";
import type { MachineArgs } from "./openstack/machine.ts";
import type { SshArgs } from "./ssh/ssh-access.ts";

/** The control planes of a cluster. */
export interface ControlPlanesArgs {
  /** Number of control planes: 1, 3, 5 or 7 when they carry etcd, 1 to 50 beside an external one. @default 1 */
  count?: number;
  /** What each is made from. */
  machine: MachineArgs;
  /** Settings of the scheduler. @default Kubernetes' own */
  scheduler?: SchedulerArgs;
  /** Command-line arguments of what runs on control planes, which win over the library's. @default none */
  extraArgs?: ExtraArgs;
  /** Environment variables of what runs on control planes, which win over the library's; not for secrets. @default none */
  extraEnvs?: ExtraEnvs;
  /** Pod Security levels of namespaces without labels of their own. @default baseline is enforced; restricted is warned about and audited */
  podSecurity?: PodSecurityArgs;
  /** Authentication of users beside certificates and service accounts. Anonymous requests reach the health paths only. @default none */
  authentication?: AuthenticationArgs;
  /** Limits of the events that each API server takes. @default as many as pods of the cluster's size may write */
  eventRateLimits?: EventRateLimit[];
  /** Replicas of CoreDNS, from 1 to 1000. @default the two that kubeadm makes up to 100 nodes, beyond that one for 16 nodes */
  dnsReplicas?: number;
}

/** An etcd with a member on each control plane. */
export interface StackedEtcdArgs {
  topology: "stacked";
}

/** An etcd on machines of its own, perhaps with a second one for Cilium. */
export interface OwnEtcdArgs extends ExternalEtcdArgs {
  topology: "external";
  /** Whether Cilium keeps its state in a second etcd on the same machines, with ports, data and an authority of its own. @default false: in custom resources */
  ciliumEtcd?: boolean;
  /**
   * Whether the API servers keep events in a further etcd on the same machines: they are the most of what a large cluster writes, as
   * Kubernetes' guide to large clusters says. Decided when the cluster is made. @default false
   */
  eventsEtcd?: boolean;
}

export interface KubernetesClusterArgs extends Partial<NodeSoftwareArgs> {
  /** The nodes' network: a new one, or one that exists. */
  network: NetworkArgs;
  /** Where the Kubernetes API is reached, and from where. */
  apiEndpoint: ApiEndpointArgs;
  /** The control planes: how many, and from what. */
  controlPlane: ControlPlanesArgs;
  /** Where etcd runs. @default { topology: "stacked" } */
  etcd?: StackedEtcdArgs | OwnEtcdArgs;
  /** Pools of workers by name: machines that are made, or servers that exist already. @default none */
  pools?: Record<string, PoolArgs | ImportedPoolArgs>;
  /** The size that settings of the control plane, etcd, kubelets and Cilium are made for; what is given for one of them wins. @default the cluster's own */
  scale?: ScaleArgs;
  /** How many workers are made and join at a time, in all pools together. @default { creates: 64, joins: 256 } */
  waves?: WaveArgs;

  /** Network of the pods. @default "10.244.0.0/16" */
  podCidr?: string;
  /** Network of the services; at most a /12. @default "10.96.0.0/12" */
  serviceCidr?: string;
  /** Prefix length of each node's part of the pod network, from 16 to 28. @default 24 */
  nodeCidrMask?: number;
  /** Network plugin: Cilium in place of kube-proxy, Flannel with kube-proxy, or none (kube-proxy runs, and you install one). @default { type: "cilium" } */
  cni?: CiliumArgs | FlannelArgs | { type: "none" };
  /** Settings of kube-proxy, where it runs. @default the library's */
  kubeProxy?: KubeProxyArgs;

  /** How nodes are reached over SSH. @default a key in the state, directly or through the control plane with the floating IP */
  ssh?: SshArgs;
  /** Settings of all kubelets. @default the library's */
  kubelet?: KubeletArgs;
}
