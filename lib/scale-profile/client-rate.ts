import { type ClusterSize, stepFor } from "./size.ts";

/**
 * Returns the requests a second that the controller manager and the scheduler may each send. One creates every pod, and the other
 * binds it, so the lower rate limits the pods that a cluster can start in a second. With the controller manager's default of 20,
 * 50,000 pods take 42 minutes whatever else is tuned. 100 and 500 are the rates of Kubernetes' tests of 5,000 nodes, before and
 * today (kubernetes/test-infra presets; kops, tests/e2e/scenarios/scalability/run-test.sh).
 */
export function clientRate(size: ClusterSize): number | undefined {
  return stepFor(size, { medium: 100, large: 500 });
}
