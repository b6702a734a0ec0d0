import type { EventRateLimit } from "./settings.ts";

/** Events that the start of a pod writes: scheduled, pulled, created, started, and that of its controller. */
const EVENTS_OF_A_START = 5;

/** Pods of a namespace in Kubernetes' scalability thresholds (community, sig-scalability/configs-and-limits/thresholds.md). */
const PODS_OF_A_NAMESPACE = 3_000;

/**
 * Computes limits under which pods can start as fast as the controller manager may create them, and all pods can restart at any time: a
 * burst has room for the events of all pods. A user's limit follows from one event a pod, that of the scheduler. A kubelet writes at most
 * 50 events a second, and 100 in a burst.
 *
 * @param pods number of pods
 * @param podsPerSecond pods that the controller manager may create a second
 */
export function eventRateLimits(pods: number, podsPerSecond: number): EventRateLimit[] {
  const qps = 2 * EVENTS_OF_A_START * podsPerSecond;
  const ofNamespace = Math.min(pods, PODS_OF_A_NAMESPACE);
  return [
    { type: "Server", qps, burst: EVENTS_OF_A_START * pods },
    { type: "Namespace", qps: qps / 2, burst: EVENTS_OF_A_START * ofNamespace },
    { type: "User", qps: Math.max(100, 2 * podsPerSecond), burst: pods },
  ];
}

/** Default requests a second of the controller manager (kube-controller-manager, --kube-api-qps). */
const CONTROLLER_MANAGER_QPS = 20;

/** Limits of a small cluster: up to 100 nodes and 5,000 pods. */
export const DEFAULT_EVENT_RATE_LIMITS: readonly EventRateLimit[] = eventRateLimits(5_000, CONTROLLER_MANAGER_QPS);

/** Makes the configuration of the admission plugin EventRateLimit. */
export function eventRateLimitConfiguration(limits: readonly EventRateLimit[] = DEFAULT_EVENT_RATE_LIMITS) {
  return { apiVersion: "eventratelimit.admission.k8s.io/v1alpha1", kind: "Configuration", limits };
}
