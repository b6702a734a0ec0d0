import { type ClusterSize, settingsOf, sizeClass, stepFor } from "./size.ts";

/**
 * Arguments of kube-apiserver for a size.
 *
 * - max-requests-inflight, max-mutating-requests-inflight (400 and 200): concurrent requests of one API server; Priority and
 *   Fairness adds the two. kops' scalability scenario gives a single API server 640 for 5,000 nodes today, and gave it 800 and 400
 *   before (kops, tests/e2e/scenarios/scalability/run-test.sh). The 320 keeps the defaults' ratio.
 * - delete-collection-workers (1) and etcd-compaction-interval (5m): 16 and 150s in the same scenario.
 * - event-ttl (1h): there is no published value for an etcd that events share with everything else. The start of a pod writes about
 *   five events of about 1 KiB, so the events of 50,000 pods in an hour are 250 MiB of a database of a few GiB. The time is halved,
 *   and halved again.
 * - goaway-chance (0, at most 0.02): moves clients from one API server to another now and then, so that a restarted one gets its
 *   share again. 0.001 is the flag's own recommendation, and only for several API servers behind a load balancer.
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
