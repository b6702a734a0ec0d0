import type { Problems } from "../problems.ts";
import type { ScaleSettings } from "./settings.ts";

/** Facts about the cluster that a size is given for. */
export interface ScaleFacts {
  /** Number of the cluster's own nodes. */
  nodes: number;
  /** Most pods of any node. */
  maxPods: number;
}

/** Checks that a size can be that of a cluster. */
export function checkScale({ nodes, pods = 0, zones = 0 }: ScaleSettings, cluster: ScaleFacts, problems: Problems): void {
  const most = nodes ?? cluster.nodes;
  if (pods > most * cluster.maxPods)
    problems.add("pods", `${pods} pods do not fit on ${most} nodes with at most ${cluster.maxPods} each; use fewer pods, or more nodes`);
  if (zones > most) problems.add("zones", `${zones} zones cannot all have one of ${most} nodes; use fewer zones, or more nodes`);
}
