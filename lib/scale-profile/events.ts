import { eventRateLimits } from "../kubeadm/event-rate-limits.ts";
import type { EventRateLimit } from "../kubeadm/settings.ts";
import { clientRate } from "./client-rate.ts";
import { type ClusterSize, stepFor } from "./size.ts";

/**
 * Makes the limits of events for each API server. They are for the most pods of a size class, so that they stay when a cluster grows. The
 * largest class has no most pods, so it has Kubernetes' own limit of 150,000.
 */
export function eventLimits(size: ClusterSize): { eventRateLimits?: EventRateLimit[] } {
  const pods = stepFor(size, { medium: 25_000, large: 100_000, huge: 150_000 });
  const rate = clientRate(size);
  return pods === undefined || rate === undefined ? {} : { eventRateLimits: eventRateLimits(pods, rate) };
}
