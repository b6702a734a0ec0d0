import "../lib/node-version.js";

export type { AddOnSettings, CommonAddOnSettings, MetricsServerSettings } from "../lib/add-ons/settings.ts";
export type {
  ApiEndpointSettings,
  CommonEndpointSettings,
  DnsSettings,
  ExternalEndpointSettings,
  FloatingIpEndpointSettings,
  LoadBalancerEndpointSettings,
  VirtualAddressEndpointSettings,
} from "../lib/api-endpoint/settings.ts";
export { checkConfig } from "../lib/cluster/config-keys.ts";
export type { KubernetesClusterArgs } from "../lib/cluster/settings.ts";
export type { CiliumSettings, CniSettings, FlannelSettings, NoCniSettings } from "../lib/cni/settings.ts";
export type { ControlPlaneSettings } from "../lib/control-plane/settings.ts";
export type {
  DataVolumeSettings,
  EtcdMembersSettings,
  EtcdSettings,
  EtcdTuning,
  ExternalEtcdSettings,
  StackedEtcdSettings,
} from "../lib/etcd/settings.ts";
export type { BackupFacts } from "../lib/etcd-backup/facts.ts";
export type {
  EtcdBackupSettings,
  EtcdRestoreSettings,
  EtcdStoreSettings,
  S3StoreSettings,
  SwiftStoreSettings,
} from "../lib/etcd-backup/settings.ts";
export type { HealPlan, Replacement, Told } from "../lib/heal/plan.ts";
export type { HealPolicy } from "../lib/heal/policy.ts";
export { planText } from "../lib/heal/text.ts";
export type { Finding, FindingId, FindingObject, Severity } from "../lib/health/finding.ts";
export type { HealthReport, HealthSource } from "../lib/health/judge.ts";
export { healthTable } from "../lib/health/table.ts";
export {
  type AuthenticationSettings,
  type EventRateLimit,
  EventRateLimitType,
  type ExtraArgs,
  type ExtraEnvs,
  type ExtraVolumes,
  type HostPathMount,
  type KubeletSettings,
  type KubeProxySettings,
  PodSecurityLevel,
  type PodSecuritySettings,
  type SchedulerSettings,
} from "../lib/kubeadm/settings.ts";
export type {
  AdoptedIds,
  AdoptedNetworkSettings,
  FloatingIpSettings,
  NetworkSettings,
  OwnNetworkSettings,
} from "../lib/network/settings.ts";
export type {
  ExistingServerGroupSettings,
  MachineSettings,
  OwnServerGroupSettings,
  ServerGroupPolicy,
  ServerGroupSettings,
  VolumeSettings,
} from "../lib/node/machine-settings.ts";
export type {
  ClusterSoftwareSettings,
  ContainerRuntimeSettings,
  FileSettings,
  NodeSoftwareSettings,
  SetupSettings,
  Sysctls,
} from "../lib/node/settings.ts";
export type { CertificateSettings } from "../lib/pki/settings.ts";
export type {
  ConcurrencySettings,
  ImportedPoolSettings,
  ImportedServer,
  ImportedSshSettings,
  MachinePoolSettings,
  NodeKeys,
  PoolNetworkSettings,
  PoolNodeSettings,
  PoolSettings,
  Taint,
} from "../lib/pool/settings.ts";
export type { ProxySettings } from "../lib/proxy/settings.ts";
export type { RegistryHostSettings, RegistrySettings } from "../lib/registries/settings.ts";
export type { KeyringSettings, RotationSettings } from "../lib/rotation/settings.ts";
export { type ScaledSettings, type ScaleProfile, type ScaleSuggestions, scaleProfile } from "../lib/scale-profile/scale-profile.ts";
export type { ScaleSettings } from "../lib/scale-profile/settings.ts";
export type { BastionAccess, OwnBastionSettings, SshKeyPairSettings, SshSettings } from "../lib/ssh/settings.ts";
export { StackBusy } from "../operations/engine/stack-engine.ts";
export { type HealOptions, heal } from "../operations/heal/heal.ts";
export type { HealResult, HealRun } from "../operations/heal/result.ts";
export { type CheckHealthOptions, checkHealth } from "../operations/health/check-health.ts";
export type { NamedStack, ReadableCluster, ReadableStack } from "../operations/health/target.ts";
export { type KubeconfigOptions, kubeconfigFor } from "../operations/kubeconfig/kubeconfig-for.ts";
export { checkMachines } from "../operations/machines/check-machines.ts";
export type { Orphan, Serving, StackState } from "../operations/orphans/orphans.ts";
export { OrphansServe, type RemoveOrphansOptions, removeOrphans } from "../operations/orphans/remove-orphans.ts";
export { type PrepareRunOptions, prepareRun } from "../operations/prepare-run.ts";
export { type CheckQuotaOptions, checkQuota, QuotaShortage, type Shortage } from "../operations/quota/quota.ts";
export {
  type ReplaceNodeOptions,
  type ReplaceNodePlan,
  type ReplaceNodeResult,
  replaceNode,
} from "../operations/replace-node/replace-node.ts";
export { LeaseHeld } from "../operations/replacement/healing-lease.ts";
export type { ReplacementStep } from "../operations/replacement/progress.ts";
export type { ChangeableStack } from "../operations/replacement/session.ts";
export { type Roll, type RollOptions, roll } from "../operations/roll/roll.ts";
export type { PoolRollout } from "../operations/roll/rollouts.ts";
export type { PhaseConfiguration } from "../operations/rotation/configuration.ts";
export type { RotatableStack } from "../operations/rotation/rotatable-stack.ts";
export { type RotateOptions, type Rotation, rotate } from "../operations/rotation/rotate.ts";
export { endWithEngine } from "../operations/run/end-with-engine.ts";
export type { StateReader } from "../operations/state/own-state.ts";
export { MetricsServer, type MetricsServerArgs } from "./add-ons/metrics-server.ts";
export { type ApiBackend, ApiEndpoint, type ApiEndpointArgs, type Endpoint, type EndpointNetwork } from "./api-endpoint.ts";
export { Bastion, type BastionArgs } from "./bastion.ts";
export { CiliumNetwork, type CiliumNetworkArgs } from "./cilium-network.ts";

export { ClusterNetwork, type ClusterNetworkArgs, type NetworkAttachment } from "./cluster-network.ts";
export { ClusterPki, type ClusterPkiArgs } from "./cluster-pki.ts";
export { ClusterProvider, type ClusterProviderArgs } from "./cluster-provider.ts";
export { type ClusterCidrs, ControlPlane, type ControlPlaneArgs } from "./control-plane.ts";
export { type EtcdAuthority, type EtcdClient, EtcdCluster, type EtcdClusterArgs } from "./etcd-cluster.ts";
export { FlannelNetwork, type FlannelNetworkArgs } from "./flannel-network.ts";
export { ImportedNodes, type ImportedNodesArgs } from "./imported-nodes.ts";
export { KubernetesCluster } from "./kubernetes-cluster.ts";
export { NodePool, type NodePoolArgs } from "./node-pool.ts";
export type { ExternalNetwork } from "./openstack/cloud-lookups.ts";
export type { ControlPlaneCredentials } from "./pki/credentials.ts";
export { ConcurrencyLimits } from "./pool/concurrency.ts";
export type { JoinContract } from "./pool/join-contract.ts";
export type { PoolContract } from "./pool/pool-contract.ts";
export type { NodeMachine } from "./ssh/node-machine.ts";
export type { SshAccess, SshConnection } from "./ssh/ssh-access.ts";
export { SshKey } from "./ssh-key.ts";
