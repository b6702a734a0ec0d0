import type { ClusterSize } from "./size.ts";

/** Neighbours that every node keeps (gc_thresh1 in kernel-settings.ts). */
const KEPT_ANYWAY = 4096;

/**
 * Makes the sizes of the kernel's neighbour table for a size. All nodes of a subnet can be neighbours of each other. Up to gc_thresh1
 * none is dropped, and beyond gc_thresh3 new ones are refused (Linux, Documentation/networking/ip-sysctl.rst; 128, 512 and 1024 by
 * default). Up to 4,096 nodes the settings of every node are enough.
 */
export function neighbourSettings({ nodes }: ClusterSize): Record<string, number> {
  if (nodes <= KEPT_ANYWAY) return {};
  const kept = 2 ** Math.ceil(Math.log2(nodes));
  return {
    "net.ipv4.neigh.default.gc_thresh1": kept,
    "net.ipv4.neigh.default.gc_thresh2": 2 * kept,
    "net.ipv4.neigh.default.gc_thresh3": 4 * kept,
  };
}
