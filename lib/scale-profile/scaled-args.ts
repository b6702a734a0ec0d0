import { type ClusterShape, DEFAULTS, nodeCount } from "../cluster/shape.ts";
import { mergeValues } from "../cni/helm-chart.ts";
import type { EtcdSettings } from "../etcd/tuning.ts";
import type { ExtraArgs, ExtraEnvs } from "../kubeadm/cluster-configuration.ts";
import type { EventRateLimit } from "../kubeadm/event-rate-limits.ts";
import type { KubeletArgs } from "../kubeadm/kubelet.ts";
import type { SchedulerArgs } from "../kubeadm/scheduler.ts";
import type { Sysctls } from "../node/kernel-settings.ts";
import { type ScaleSettings, scaleProfile } from "./scale-profile.ts";
import type { ClusterSize } from "./size.ts";

/** The size that a cluster's settings are made for. */
export interface ScaleArgs {
  /** Number of nodes, control planes included, from 1. @default those that the cluster has */
  nodes?: number;
  /** Number of pods, from 1. @default 50 a node, or kubelet.maxPods where that is less */
  pods?: number;
  /**
   * Number of availability zones that nodes are in, from 1, pools in stacks of their own included. In a large cluster with one, the scheduler need not
   * count pods by zone, half of its work. @default not known
   */
  zones?: number;
}

/** The part of a cluster's arguments that a size is known from, or that follows from it. */
export interface ScalableArgs {
  scale?: ScaleArgs;
  controlPlane: NonNullable<ClusterShape["controlPlane"]> & {
    extraArgs?: ExtraArgs;
    extraEnvs?: ExtraEnvs;
    scheduler?: SchedulerArgs;
    dnsReplicas?: number;
    eventRateLimits?: EventRateLimit[];
  };
  etcd?: { topology: "stacked" } | { topology: "external"; settings?: EtcdSettings };
  pools?: NonNullable<ClusterShape["pools"]>;
  kubelet?: KubeletArgs;
  sysctls?: Sysctls;
  cni?: { type: "cilium" | "flannel" | "none"; values?: Record<string, unknown> };
}

/** Pods of a node on average, when nothing is said: those of 50,000 pods on 1,000 nodes. */
const PODS_PER_NODE = 50;

/** The size of a cluster: what was said of it, else what it has. */
export function clusterSize(args: ScalableArgs): ClusterSize {
  const { scale = {}, controlPlane, kubelet } = args;
  const { nodes = nodeCount(args) } = scale;
  const { pods = nodes * Math.min(PODS_PER_NODE, kubelet?.maxPods ?? DEFAULTS.maxPods) } = scale;
  return { nodes, pods, controlPlanes: controlPlane.count ?? 1, ...(scale.zones === undefined ? {} : { zones: scale.zones }) };
}

/** The arguments of a cluster with the settings that follow from its size. What was given wins, each setting by itself. */
export function scaledArgs<T extends ScalableArgs>(args: T): T {
  const { nodes, pods, ...others } = clusterSize(args);
  const { size, settings } = scaleProfile(nodes, pods, others);
  if (size === "small") return args;
  const { controlPlane, etcd = { topology: "stacked" }, kubelet = {}, cni = { type: "cilium" } } = args;
  const sysctls = { ...settings.sysctls, ...args.sysctls };
  return {
    ...args,
    controlPlane: {
      ...(settings.coreDnsReplicas === undefined ? {} : { dnsReplicas: settings.coreDnsReplicas }),
      ...(settings.eventRateLimits === undefined ? {} : { eventRateLimits: settings.eventRateLimits }),
      ...controlPlane,
      extraArgs: extraArgs(settings, etcd.topology, controlPlane.extraArgs),
      extraEnvs: withOwn(settings.extraEnvs, controlPlane.extraEnvs),
      scheduler: { configuration: mergeValues(settings.scheduler, controlPlane.scheduler?.configuration ?? {}) },
    },
    kubelet: { ...kubelet, configuration: mergeValues(settings.kubelet, kubelet.configuration ?? {}) },
    ...(Object.keys(sysctls).length > 0 ? { sysctls } : {}),
    ...(etcd.topology === "external" ? { etcd: { ...etcd, settings: { ...settings.etcd, ...etcd.settings } } } : {}),
    ...(cni.type === "cilium" ? { cni: { ...cni, values: ciliumValues(settings, cni.values) } } : {}),
  };
}

function extraArgs({ extraArgs: { apiServer, controllerManager, etcd } }: ScaleSettings, topology: string, own?: ExtraArgs): ExtraArgs {
  return withOwn({ apiServer, controllerManager, ...(topology === "stacked" ? { etcd } : {}) }, own);
}

/** The settings of each program, under those that were given for it. */
function withOwn<T extends ExtraArgs | ExtraEnvs>(settings: T, own: Partial<T> | undefined): T {
  return mergeValues({ ...settings }, { ...own }) as T;
}

/** A request above a limit that was given would be refused, so what an agent gets is from one side alone. */
function ciliumValues({ cilium: { resources, ...others } }: ScaleSettings, own: Record<string, unknown> = {}): Record<string, unknown> {
  return mergeValues({ ...others, ...(own.resources === undefined && resources !== undefined ? { resources } : {}) }, own);
}
