import { clientRate } from "./client-rate.ts";
import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/**
 * Concurrent syncs of controllers (default 5 each; garbage collector 20, namespaces 10). The values are Gardener's for the clusters
 * that it runs (pkg/component/kubernetes/controllermanager). They help only with a kube-api-qps that leaves room for them.
 */
const CONCURRENT_SYNCS = {
  "concurrent-deployment-syncs": "50",
  "concurrent-endpoint-syncs": "15",
  "concurrent-gc-syncs": "30",
  "concurrent-namespace-syncs": "50",
  "concurrent-replicaset-syncs": "50",
  "concurrent-resource-quota-syncs": "15",
  "concurrent-service-endpoint-syncs": "15",
  "concurrent-serviceaccount-token-syncs": "15",
  "concurrent-statefulset-syncs": "15",
};

/**
 * Makes the arguments of kube-controller-manager for a size.
 *
 * - kube-api-qps (20), kube-api-burst (30): see clientRate.
 * - endpoint and endpointslice-updates-batch-period (0s): every node watches EndpointSlices, so pods that become ready together
 *   should be announced together. 500ms is the value of kops' scalability scenario (run-test.sh).
 *
 * node-monitor-grace-period and the eviction rates keep their defaults. The controller manager adapts the latter to the size by itself.
 */
export function controllerManagerArgs(size: ClusterSize): Record<string, string> {
  const rate = clientRate(size)?.toString();
  const batchPeriod = stepFor(size, { large: "500ms" });
  return {
    ...settingsOf({ "kube-api-qps": rate, "kube-api-burst": rate }),
    ...stepFor(size, { medium: CONCURRENT_SYNCS }),
    ...settingsOf({ "endpoint-updates-batch-period": batchPeriod, "endpointslice-updates-batch-period": batchPeriod }),
  };
}
