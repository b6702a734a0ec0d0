import { clientRate } from "./client-rate.ts";
import { type ClusterSize, settingsOf } from "./size.ts";

/** Nodes above which the scheduler's own choice makes it look at more than it needs: 46 % of 500 are 230. */
const MANY_NODES = 500;

/** Nodes from which on the scheduler's own choice is 10 % or less. */
const ADAPTED_NODES = 5_000;

/**
 * Fields of KubeSchedulerConfiguration for a size.
 *
 * - clientConnection.qps (50) and burst (100): see clientRate.
 * - percentageOfNodesToScore: the scheduler's own choice is 50 - nodes/125 percent, at least 5, and never fewer than 100 nodes
 *   (kubernetes, pkg/scheduler/schedule_one.go). Of 1,019 nodes that is 42 %, 427 nodes for every pod; with 10 it is 101. 10 is the
 *   least that Kubernetes' guide to scheduler tuning recommends. At 5,000 nodes the choice is 10 by itself, and lower beyond: there a
 *   value would only make the scheduler slower, so none is set.
 */
export function schedulerConfiguration(size: ClusterSize): Record<string, unknown> {
  const rate = clientRate(size);
  const isBetween = size.nodes > MANY_NODES && size.nodes < ADAPTED_NODES;
  return settingsOf<unknown>({
    clientConnection: rate === undefined ? undefined : { qps: rate, burst: rate },
    percentageOfNodesToScore: isBetween ? 10 : undefined,
  });
}
