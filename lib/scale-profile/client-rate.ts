import { type ClusterSize, stepFor } from "./size.ts";

/**
 * Requests a second that the controller manager and the scheduler may each send. Every pod is created by one and bound by the
 * other, so the lower rate is the most pods a second that a cluster can start: with the controller manager's default of 20,
 * 50,000 pods take 42 minutes whatever else is done. 100 and 500 are what Kubernetes' tests of 5,000 nodes gave them before and
 * give them today (kubernetes/test-infra presets; kops, tests/e2e/scenarios/scalability/run-test.sh).
 */
export function clientRate(size: ClusterSize): number | undefined {
  return stepFor(size, { medium: 100, large: 500 });
}
