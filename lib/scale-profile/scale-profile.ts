import type { EtcdTuning } from "../etcd/settings.ts";
import type { EventRateLimit, ExtraArgs, ExtraEnvs } from "../kubeadm/settings.ts";
import { apiServerArgs } from "./api-server.ts";
import { ciliumValues } from "./cilium.ts";
import { controllerManagerArgs } from "./controller-manager.ts";
import { coreDnsSettings } from "./core-dns.ts";
import { etcdArgs, etcdSettings } from "./etcd.ts";
import { eventLimits } from "./events.ts";
import { apiServerEnvironment, clientEnvironment } from "./go-runtime.ts";
import { neighbourSettings } from "./kernel.ts";
import { kubeletConfiguration } from "./kubelet.ts";
import { type SuggestedEtcdMachine, type SuggestedMachine, suggestedControlPlane, suggestedEtcdMember } from "./machines.ts";
import { type SuggestedNetworks, suggestedNetworks } from "./networks.ts";
import { schedulerConfiguration } from "./scheduler.ts";
import { type ClusterSize, type SizeClass, sizeClass, stepFor } from "./size.ts";

/** Settings for a size, in the form of the components' arguments. In a small cluster all are empty. */
export interface ScaledSettings {
  /** Command-line arguments of the API server, the controller manager and stacked etcd. */
  extraArgs: Required<Pick<ExtraArgs, "apiServer" | "controllerManager" | "etcd">>;
  /** Environment variables of the API server, the controller manager and the scheduler. */
  extraEnvs: Required<Omit<ExtraEnvs, "etcd">>;
  /** Limits of events for each API server. */
  eventRateLimits?: EventRateLimit[];
  /** Fields of KubeSchedulerConfiguration. */
  scheduler: Record<string, unknown>;
  /** Settings of external etcd. */
  etcd: EtcdTuning;
  /** Fields of KubeletConfiguration. */
  kubelet: Record<string, unknown>;
  /** Sysctls beyond those of every node. */
  sysctls: Record<string, number>;
  /** Helm values of Cilium. */
  cilium: Record<string, unknown>;
  /** Replicas of CoreDNS. */
  coreDnsReplicas?: number;
}

/** Suggestions for a size, which are not applied: they are decided when a cluster is created, or no component implements them yet. */
export interface ScaleSuggestions {
  networks: SuggestedNetworks;
  controlPlane: SuggestedMachine;
  etcdMember: SuggestedEtcdMachine;
  /**
   * Suggests an etcd of its own for events (`etcd.eventsEtcd`, decided when a cluster is created), as Kubernetes' guide to large clusters
   * does.
   */
  eventsEtcd: boolean;
}

/** Profile of a cluster's size: its settings and suggestions. */
export interface ScaleProfile {
  size: SizeClass;
  settings: ScaledSettings;
  suggestions: ScaleSuggestions;
}

/**
 * Returns the settings and suggestions for a cluster's size. The files of scale-profile/ name the source of each value.
 *
 * @param nodes number of nodes, control planes included
 * @param pods number of pods
 * @param others number of control planes behind a load balancer or a virtual address (default 1), and of availability zones that nodes
 *   are in (default: not known)
 */
export function scaleProfile(
  nodes: number,
  pods: number,
  others: Partial<Pick<ClusterSize, "controlPlanes" | "zones">> = {},
): ScaleProfile {
  const size = { controlPlanes: 1, ...others, nodes, pods };
  const etcd = etcdSettings(size);
  return {
    size: sizeClass(size),
    settings: {
      extraArgs: { apiServer: apiServerArgs(size), controllerManager: controllerManagerArgs(size), etcd: etcdArgs(etcd) },
      extraEnvs: { apiServer: apiServerEnvironment(size), controllerManager: clientEnvironment(size), scheduler: clientEnvironment(size) },
      ...eventLimits(size),
      scheduler: schedulerConfiguration(size),
      etcd,
      kubelet: kubeletConfiguration(size),
      sysctls: neighbourSettings(size),
      cilium: ciliumValues(size),
      ...coreDnsSettings(size),
    },
    suggestions: {
      networks: suggestedNetworks(size),
      controlPlane: suggestedControlPlane(size),
      etcdMember: suggestedEtcdMember(size),
      eventsEtcd: stepFor(size, { large: true }) ?? false,
    },
  };
}
