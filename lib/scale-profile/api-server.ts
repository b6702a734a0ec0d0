import { type ClusterSize, settingsOf, sizeClass, stepFor } from "./size.ts";

/**
 * Arguments of kube-apiserver for a size.
 *
 * - max-requests-inflight, max-mutating-requests-inflight (400 and 200): what one API server works on at a time; Priority and
 *   Fairness adds the two. 640 and 800/400 are what kops' scalability scenario gives a single API server for 5,000 nodes, today
 *   and before (kops, tests/e2e/scenarios/scalability/run-test.sh); the 320 keeps the defaults' ratio.
 * - delete-collection-workers (1) and etcd-compaction-interval (5m): 16 and 150s in the same scenario.
 * - event-ttl (1h): nobody has published one for an etcd that events share with everything else. A pod's start writes about five
 *   events of about 1 KiB, so an hour's share of 50,000 pods is 250 MiB of a database of a few GiB: halved, and halved again.
 * - goaway-chance (0, at most 0.02): sends clients of one API server to another now and then, so that one that was restarted gets
 *   its share again. 0.001 is the flag's own recommendation, and only for several API servers behind a load balancer.
 */
export function apiServerArgs(size: ClusterSize): Record<string, string> {
  return settingsOf({
    "max-requests-inflight": stepFor(size, { large: "640", huge: "800" }),
    "max-mutating-requests-inflight": stepFor(size, { large: "320", huge: "400" }),
    "delete-collection-workers": stepFor(size, { large: "16" }),
    "etcd-compaction-interval": stepFor(size, { large: "150s" }),
    "event-ttl": stepFor(size, { large: "30m", huge: "15m" }),
    "goaway-chance": sizeClass(size) !== "small" && size.controlPlanes > 1 ? "0.001" : undefined,
  });
}
