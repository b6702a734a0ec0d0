import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/**
 * Makes the fields of KubeletConfiguration for a size.
 *
 * - kubeAPIQPS (50, burst 100): 100 in kops' scalability scenario (run-test.sh).
 * - serializeImagePulls (true): when many pods start at once, one slow image must not delay all others of its node. Without it, the
 *   kubelet's registryPullQPS of 5 still limits the pulls. maxParallelImagePulls is not set, because beside it the kubelet refuses
 *   a user's own serializeImagePulls.
 *
 * nodeStatusUpdateFrequency is not set. Once it is, nodeStatusReportFrequency falls from 5 minutes to the same 10 seconds
 * (kubernetes, pkg/kubelet/apis/config/v1beta1/defaults.go), which is thirty times the writes.
 */
export function kubeletConfiguration(size: ClusterSize): Record<string, unknown> {
  return settingsOf<unknown>({
    kubeAPIQPS: stepFor(size, { large: 100 }),
    serializeImagePulls: stepFor(size, { large: false }),
  });
}
