import * as pulumi from "@pulumi/pulumi";
import { clusterWide, rotated } from "../../lib/rotation/keyrings.ts";
import type { Ready } from "../engine/gate.ts";
import type { ClusterContext } from "./context.ts";

/** Records the step of a rotation as done of which not only control planes must have it, when all nodes and the network plugin do. */
export function completeEverywhere({ name, args: { certificates: { rotation = {} } = {} }, parent }: ClusterContext, ready: Ready): void {
  const phases = clusterWide(rotation);
  if (rotated(phases).length === 0) return;
  new pulumi.Stash(`${name}-rotation`, { input: phases }, { parent, dependsOn: ready });
}
