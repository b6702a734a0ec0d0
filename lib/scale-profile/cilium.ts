import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/** Most nodes for which Cilium's scalability report keeps health checks between all pairs of nodes. */
const CHECKED_NODES = 200;

/**
 * Makes the Helm values of Cilium for a size, beside those of every cluster (endpoint slices, two operators).
 *
 * - healthChecking, endpointHealthChecking (on): each agent probes every other, so the probes grow with the square of the nodes.
 *   Cilium's scalability report turns both off (Documentation/operations/performance/scalability/report.rst, "more than 200 nodes").
 * - updateStrategy.rollingUpdate.maxUnavailable (2): with two nodes at a time, a change would take hours. The report had 250 of
 *   1,000; 10 % leaves more of a cluster running.
 * - scheduling.mode (anti-affinity): the chart says itself that it "may significantly impact scheduling throughput for large clusters".
 * - resources.requests.memory (none): the report's agents took at most 573 MiB at 50,000 pods, and 10.5 KiB for each pod more, so
 *   1 GiB at 100,000. It is a request. A limit would kill an agent that needs more for a moment.
 *
 * The clients' rates keep their defaults. Agents have 10 requests a second each, which is 10,000 for 1,000 nodes, and the operator
 * has 100. The chart itself raises those of endpoint slices with the number of nodes.
 */
export function ciliumValues(size: ClusterSize): Record<string, unknown> {
  const isChecked = size.nodes <= CHECKED_NODES;
  const memory = stepFor(size, { large: "640Mi", huge: "1Gi" });
  return settingsOf<unknown>({
    healthChecking: isChecked ? undefined : false,
    endpointHealthChecking: isChecked ? undefined : { enabled: false },
    updateStrategy: stepFor(size, { medium: { rollingUpdate: { maxUnavailable: "10%" } } }),
    scheduling: stepFor(size, { medium: { mode: "kube-scheduler" } }),
    resources: memory === undefined ? undefined : { requests: { memory } },
  });
}
