import { nameOf, resourcesOf, type StackState } from "./stack-state.ts";

export interface ClusterNames {
  /** Name in the configuration, if there is one. */
  given: string | undefined;
  /** Name with which the stack's cluster was made, if it was. */
  kept: string | undefined;
  /** Name of the stack. */
  stack: string;
}

/** The name of a stack's cluster. It never changes, because all resources have it in theirs: a stack that is renamed keeps its cluster. */
export function clusterName({ given, kept, stack }: ClusterNames): string {
  if (given && kept && given !== kept) {
    throw new Error(
      `caravan:name: "${given}" is not the name of this stack's cluster, "${kept}", and a cluster cannot be renamed: ` +
        `all of it would be made anew; put "${kept}" back, or make another stack`,
    );
  }
  return kept || given || stack;
}

/** The name of the cluster in a stack's state, also of one that no run has finished. */
export function clusterIn(state: StackState): string | undefined {
  const cluster = resourcesOf(state).find(({ type }) => type === "caravan:index:KubernetesCluster");
  return cluster && nameOf(cluster.urn);
}
