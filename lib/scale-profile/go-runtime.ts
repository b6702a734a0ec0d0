import { type ClusterSize, settingsOf, stepFor } from "./size.ts";

/**
 * Environment of kube-apiserver for a size, read by Go's runtime.
 *
 * - GOGC (100): percent by which the heap grows before garbage is collected. Kubernetes names it as the API server's choice between
 *   memory and CPU (CHANGELOG-1.24), and a control plane for that many nodes has memory to spare: collections took a fifth of the
 *   API server's CPU with 50,000 pods. 300 takes a third of the default's collections and at most twice its heap (Go's guide to its garbage collector,
 *   go.dev/doc/gc-guide).
 * - GOMEMLIMIT (none): from there on memory counts again. An eighth of the control planes that are suggested for 501 and for more than
 *   3,000 nodes, which have 128 and 240 GiB: 16 GiB where 50,000 pods took 8.
 */
export function apiServerEnvironment(size: ClusterSize): Record<string, string> {
  return settingsOf({
    GOGC: stepFor(size, { large: "300" }),
    GOMEMLIMIT: stepFor(size, { large: "16GiB", huge: "30GiB" }),
  });
}

/** Environment of kube-controller-manager and kube-scheduler for a size: GOGC as for the API server. What they hold grows with objects alone, so they need no limit. */
export function clientEnvironment(size: ClusterSize): Record<string, string> {
  return settingsOf({ GOGC: stepFor(size, { large: "300" }) });
}
