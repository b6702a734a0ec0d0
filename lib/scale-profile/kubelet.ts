import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/**
 * Fields of KubeletConfiguration for a size.
 *
 * - kubeAPIQPS (50, burst 100): 100 in kops' scalability scenario (run-test.sh).
 * - serializeImagePulls (true): when many pods start at once, one slow image must not hold up all others of its node. Without it the
 *   kubelet's registryPullQPS of 5 still spaces the pulls. maxParallelImagePulls is left alone: with it the kubelet refuses a
 *   user's own serializeImagePulls.
 *
 * nodeStatusUpdateFrequency stays unsaid: once it is set, nodeStatusReportFrequency falls from 5 minutes to the same 10 seconds
 * (kubernetes, pkg/kubelet/apis/config/v1beta1/defaults.go), thirty times the writes.
 */
export function kubeletConfiguration(size: ClusterSize): Record<string, unknown> {
  return settingsOf<unknown>({
    kubeAPIQPS: stepFor(size, { large: 100 }),
    serializeImagePulls: stepFor(size, { large: false }),
  });
}
