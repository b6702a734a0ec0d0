import { nameOf, resourcesOf, type StackState } from "./stack-state.ts";
import { COMPONENTS } from "./types.ts";

export interface ClusterNames {
  /** Name in the configuration; `undefined` when it has none. */
  given: string | undefined;
  /** Name in the state; `undefined` when the stack has no cluster yet. */
  kept: string | undefined;
  /** Name of the stack. */
  stack: string;
}

/** Decides the name of a stack's cluster. It never changes, even when the stack is renamed: all names of resources contain it. */
export function clusterName({ given, kept, stack }: ClusterNames): string {
  if (given && kept && given !== kept) {
    throw new Error(
      `caravan:name: "${given}" is not the name of this stack's cluster, "${kept}", and a cluster cannot be renamed: ` +
        `all of it would be recreated; put "${kept}" back, or make another stack`,
    );
  }
  return kept || given || stack;
}

/** Returns the name of the cluster in a stack's state, even if no run has finished it. */
export function clusterIn(state: StackState): string | undefined {
  const cluster = resourcesOf(state).find(({ type }) => type === COMPONENTS.cluster);
  return cluster && nameOf(cluster.urn);
}
