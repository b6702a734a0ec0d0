import { clientRate } from "./client-rate.ts";
import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/** Nodes above which the scheduler by default scores more nodes than it needs: 46 % of 500 are 230. */
const MANY_NODES = 500;

/** Nodes from which on the scheduler's default is 10 % or less. */
const ADAPTED_NODES = 5_000;

/**
 * First default constraint of pods without constraints of their own (kubernetes,
 * pkg/scheduler/framework/plugins/podtopologyspread/plugin.go).
 */
const SPREAD_OVER_HOSTS = {
  name: "PodTopologySpread",
  args: {
    defaultingType: "List",
    defaultConstraints: [{ maxSkew: 3, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }],
  },
};

/**
 * Makes the fields of KubeSchedulerConfiguration for a size.
 *
 * - clientConnection.qps (50) and burst (100): see clientRate.
 * - percentageOfNodesToScore: the scheduler's default is 50 - nodes/125 percent, at least 5, and never fewer than 100 nodes
 *   (kubernetes, pkg/scheduler/schedule_one.go). Of 1,019 nodes that is 42 %, 427 nodes for every pod; with 10 it is 101. 10 is the
 *   least that Kubernetes' guide to scheduler tuning recommends. At 5,000 nodes the default is 10, and beyond it is lower. There a
 *   value would only make the scheduler slower, so none is set.
 * - PodTopologySpread's defaultConstraints, where all nodes are in one zone: only the scheduler's default for hosts. Its other default
 *   spreads a Deployment's pods over zones. For each pod that it places, it counts them among all pods of all nodes
 *   (kubernetes#105750, #128949). With 50,000 pods that was 60 % of its CPU, and in a single zone it decides nothing.
 */
export function schedulerConfiguration(size: ClusterSize): Record<string, unknown> {
  const rate = clientRate(size);
  const isBetween = size.nodes > MANY_NODES && size.nodes < ADAPTED_NODES;
  return settingsOf<unknown>({
    clientConnection: rate === undefined ? undefined : { qps: rate, burst: rate },
    percentageOfNodesToScore: isBetween ? 10 : undefined,
    profiles: size.zones === 1 ? stepFor(size, { large: [{ pluginConfig: [SPREAD_OVER_HOSTS] }] }) : undefined,
  });
}
