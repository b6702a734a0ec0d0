import "../lib/node-version.js";

export { checkConfig } from "../lib/cluster/config-keys.ts";
export type { WaveArgs } from "../lib/pool/waves.ts";
export { type ScaleProfile, type ScaleSettings, type ScaleSuggestions, scaleProfile } from "../lib/scale-profile/scale-profile.ts";
export type { ScaleArgs } from "../lib/scale-profile/scaled-args.ts";
export { checkMachines } from "../operations/machines/check-machines.ts";
export type { Orphan, Serving, StackState } from "../operations/orphans/orphans.ts";
export { OrphansServe, type RemoveOrphansOptions, removeOrphans } from "../operations/orphans/remove-orphans.ts";
export { type PrepareRunOptions, prepareRun } from "../operations/prepare-run.ts";
export { type CheckQuotaOptions, checkQuota, QuotaShortage, type Shortage } from "../operations/quota/quota.ts";
export { endWithEngine } from "../operations/run/end-with-engine.ts";
export type { StateReader } from "../operations/state/own-state.ts";
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
export { type CiliumArgs, CiliumNetwork, type CiliumNetworkArgs } from "./cilium-network.ts";
export type { ControlPlanesArgs, KubernetesClusterArgs, OwnEtcdArgs, StackedEtcdArgs } from "./cluster-args.ts";
export { ClusterNetwork, type ClusterNetworkArgs, type NetworkArgs, type NetworkAttachment } from "./cluster-network.ts";
export { ClusterPki, type ClusterPkiArgs } from "./cluster-pki.ts";
export { ClusterProvider, type ClusterProviderArgs } from "./cluster-provider.ts";
export { type ClusterCidrs, ControlPlane, type ControlPlaneArgs } from "./control-plane.ts";
export { type EtcdClient, EtcdCluster, type EtcdClusterArgs, type ExternalEtcdArgs } from "./etcd-cluster.ts";
export { type FlannelArgs, FlannelNetwork, type FlannelNetworkArgs } from "./flannel-network.ts";
export { ImportedNodes, type ImportedNodesArgs, type ImportedPoolArgs, type ImportedSshArgs } from "./imported-nodes.ts";
export { KubernetesCluster } from "./kubernetes-cluster.ts";
export { NodePool, type NodePoolArgs, type PoolArgs } from "./node-pool.ts";
export type { MachineArgs, ServerGroupArgs, VolumeArgs } from "./openstack/machine.ts";
export type { JoinContract } from "./pool/join-contract.ts";
export type { PoolContract } from "./pool/pool-contract.ts";
export { Waves } from "./pool/waves.ts";
export type { NodeMachine } from "./ssh/node-commands.ts";
export type { BastionAccess, OwnBastionArgs, SshAccess, SshArgs, SshConnection } from "./ssh/ssh-access.ts";
export { SshKey } from "./ssh-key.ts";
