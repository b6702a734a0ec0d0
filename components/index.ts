import "../lib/node-version.js";

export { checkConfig } from "../lib/config-keys.ts";
export { endWithEngine } from "../lib/end-with-engine.ts";
export type { Orphan, Serving, StackState } from "../lib/orphans.ts";
export { type CheckQuotaOptions, checkQuota, QuotaShortage, type Shortage } from "../lib/quota.ts";
export type { ScaleArgs } from "../lib/scale-profile/scaled-args.ts";
export { type ScaleProfile, type ScaleSettings, type ScaleSuggestions, scaleProfile } from "../lib/scale-profile.ts";
export type { WaveArgs } from "../lib/waves.ts";
export { type PrepareRunOptions, prepareRun } from "../operations/prepare-run.ts";
export { OrphansServe, type RemoveOrphansOptions, removeOrphans } from "../operations/remove-orphans.ts";
export {
  ApiEndpoint,
  type ApiEndpointArgs,
  type ApiEndpointComponentArgs,
  type DnsArgs,
  type Endpoint,
  type EndpointNetwork,
  type ExternalEndpointArgs,
  type FloatingIpEndpointArgs,
  type LoadBalancerEndpointArgs,
  type VirtualAddressEndpointArgs,
} from "./api-endpoint.ts";
export { Bastion, type BastionArgs } from "./bastion.ts";
export { checkMachines } from "./check-machines.ts";
export { type CiliumArgs, CiliumNetwork, type CiliumNetworkArgs } from "./cilium-network.ts";
export type { ControlPlanesArgs, KubernetesClusterArgs, OwnEtcdArgs, StackedEtcdArgs } from "./cluster-args.ts";
export { ClusterNetwork, type ClusterNetworkArgs, type NetworkArgs, type NetworkAttachment } from "./cluster-network.ts";
export { ClusterPki, type ClusterPkiArgs } from "./cluster-pki.ts";
export { ClusterProvider, type ClusterProviderArgs } from "./cluster-provider.ts";
export { type ClusterCidrs, ControlPlane, type ControlPlaneArgs } from "./control-plane.ts";
export { type EtcdClient, EtcdCluster, type EtcdClusterArgs, type ExternalEtcdArgs } from "./etcd-cluster.ts";
export { type FlannelArgs, FlannelNetwork, type FlannelNetworkArgs } from "./flannel-network.ts";
export { ImportedNodes, type ImportedNodesArgs, type ImportedPoolArgs, type ImportedSshArgs } from "./imported-nodes.ts";
export type { JoinContract } from "./join-contract.ts";
export { KubernetesCluster } from "./kubernetes-cluster.ts";
export type { MachineArgs, ServerGroupArgs, VolumeArgs } from "./machine.ts";
export type { NodeMachine } from "./node-commands.ts";
export { NodePool, type NodePoolArgs, type PoolArgs } from "./node-pool.ts";
export type { StateReader } from "./own-state.ts";
export type { PoolContract } from "./pool-contract.ts";
export { type BastionAccess, type OwnBastionArgs, type SshAccess, type SshArgs, type SshConnection, SshKey } from "./ssh-access.ts";
export { Waves } from "./waves.ts";
