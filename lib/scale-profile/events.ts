import { eventRateLimits } from "../kubeadm/event-rate-limits.ts";
import type { EventRateLimit } from "../kubeadm/settings.ts";
import { clientRate } from "./client-rate.ts";
import { type ClusterSize, stepFor } from "./size.ts";

/** How many events each API server takes, for the most pods of a class, so that a cluster that grows keeps them; in the last, Kubernetes' own most of 150,000. */
export function eventLimits(size: ClusterSize): { eventRateLimits?: EventRateLimit[] } {
  const pods = stepFor(size, { medium: 25_000, large: 100_000, huge: 150_000 });
  const rate = clientRate(size);
  return pods === undefined || rate === undefined ? {} : { eventRateLimits: eventRateLimits(pods, rate) };
}
