import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/**
 * Makes the environment of kube-apiserver for a size, which Go's runtime reads.
 *
 * - GOGC (100): percent by which the heap grows before garbage is collected. Kubernetes names it as the API server's trade-off between
 *   memory and CPU (CHANGELOG-1.24), and a control plane for that many nodes has memory to spare. Collections took a fifth of the API
 *   server's CPU with 50,000 pods. With 300 there are a third of the default's collections and at most twice its heap (Go's guide to its
 *   garbage collector, go.dev/doc/gc-guide).
 * - GOMEMLIMIT (none): above this size of the heap, memory counts again. It is an eighth of the memory of the control planes that are
 *   suggested for 501 and for more than 3,000 nodes, which is 128 and 240 GiB: 16 GiB where 50,000 pods took 8 GiB.
 */
export function apiServerEnvironment(size: ClusterSize): Record<string, string> {
  return settingsOf({
    GOGC: stepFor(size, { large: "300" }),
    GOMEMLIMIT: stepFor(size, { large: "16GiB", huge: "30GiB" }),
  });
}

/**
 * Makes the environment of kube-controller-manager and kube-scheduler for a size: GOGC as for the API server. Their memory grows with the
 * number of objects alone, so they need no limit.
 */
export function clientEnvironment(size: ClusterSize): Record<string, string> {
  return settingsOf({ GOGC: stepFor(size, { large: "300" }) });
}
