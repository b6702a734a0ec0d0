import type { KubernetesClusterArgs } from "../cluster/settings.ts";
import { DEFAULTS, nodeCount } from "../cluster/shape.ts";
import { mergeValues } from "../cni/helm-chart.ts";
import { defined } from "../defined.ts";
import type { ExtraArgs, ExtraEnvs } from "../kubeadm/settings.ts";
import { type ScaledSettings, scaleProfile } from "./scale-profile.ts";
import type { ClusterSize } from "./size.ts";

/** Pods of a node on average, when nothing is said: those of 50,000 pods on 1,000 nodes. */
const PODS_PER_NODE = 50;

/** The size of a cluster: what was said of it, else what it has. */
export function clusterSize(args: KubernetesClusterArgs): ClusterSize {
  const { scale = {}, controlPlane, kubelet } = args;
  const { nodes = nodeCount(args) } = scale;
  const { pods = nodes * Math.min(PODS_PER_NODE, kubelet?.maxPods ?? DEFAULTS.maxPods) } = scale;
  return { nodes, pods, controlPlanes: controlPlane.count ?? 1, ...defined({ zones: scale.zones }) };
}

/** The arguments of a cluster with the settings that follow from its size. What was given wins, each setting by itself. */
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

/** The settings of each program, under those that were given for it. */
function withOwn<T extends ExtraArgs | ExtraEnvs>(settings: T, own: Partial<T> | undefined): T {
  return mergeValues({ ...settings }, { ...own }) as T;
}

/** A request above a limit that was given would be refused, so what an agent gets is from one side alone. */
function ciliumValues({ cilium: { resources, ...others } }: ScaledSettings, own: Record<string, unknown> = {}): Record<string, unknown> {
  return mergeValues({ ...others, ...(own.resources === undefined && resources !== undefined ? { resources } : {}) }, own);
}
