import type { KubernetesClusterArgs } from "../cluster/settings.ts";
import { DEFAULTS, nodeCount } from "../cluster/shape.ts";
import { mergeValues } from "../cni/helm-chart.ts";
import { defined } from "../defined.ts";
import type { ExtraArgs, ExtraEnvs } from "../kubeadm/settings.ts";
import { type ScaledSettings, scaleProfile } from "./scale-profile.ts";
import type { ClusterSize } from "./size.ts";

/** Default number of pods per node, on average: 50,000 pods on 1,000 nodes. */
const PODS_PER_NODE = 50;

/** Returns the size of a cluster: the given one, or else the cluster's own. */
export function clusterSize(args: KubernetesClusterArgs): ClusterSize {
  const { scale = {}, controlPlane, kubelet } = args;
  const { nodes = nodeCount(args) } = scale;
  const { pods = nodes * Math.min(PODS_PER_NODE, kubelet?.maxPods ?? DEFAULTS.maxPods) } = scale;
  return { nodes, pods, controlPlanes: controlPlane.count ?? 1, ...defined({ zones: scale.zones }) };
}

/** Adds the settings for a cluster's size to its arguments. Each given setting wins over that of its size. */
export function scaledArgs<T extends KubernetesClusterArgs>(args: T): T {
  const { nodes, pods, ...others } = clusterSize(args);
  const { size, settings } = scaleProfile(nodes, pods, others);
  if (size === "small") return args;
  const { controlPlane, etcd = { topology: "stacked" }, kubelet = {}, cni = { type: "cilium" } } = args;
  const sysctls = { ...settings.sysctls, ...args.sysctls };
  return {
    ...args,
    controlPlane: {
      ...defined({ dnsReplicas: settings.coreDnsReplicas, eventRateLimits: settings.eventRateLimits }),
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

function extraArgs({ extraArgs: { apiServer, controllerManager, etcd } }: ScaledSettings, topology: string, own?: ExtraArgs): ExtraArgs {
  return withOwn({ apiServer, controllerManager, ...(topology === "stacked" ? { etcd } : {}) }, own);
}

/** Merges the given settings of each program over those of the size. */
function withOwn<T extends ExtraArgs | ExtraEnvs>(settings: T, own: Partial<T> | undefined): T {
  return mergeValues({ ...settings }, { ...own }) as T;
}

/**
 * Merges Cilium's given values over those of the size. Given resources replace the size's as a whole: a request above a given limit is
 * refused.
 */
function ciliumValues({ cilium: { resources, ...others } }: ScaledSettings, own: Record<string, unknown> = {}): Record<string, unknown> {
  return mergeValues({ ...others, ...(own.resources === undefined && resources !== undefined ? { resources } : {}) }, own);
}
