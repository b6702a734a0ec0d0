/** How large a cluster is, or is meant to become. */
export interface ClusterSize {
  /** Number of nodes, control planes included. */
  nodes: number;
  /** Number of pods. */
  pods: number;
  /** Number of control planes. */
  controlPlanes: number;
  /** Number of availability zones that nodes are in, where it is known. */
  zones?: number | undefined;
}

/** Sizes from which on settings differ. In a small cluster everything is Kubernetes' own default. */
export const SIZE_CLASSES = ["small", "medium", "large", "huge"] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];

/**
 * Most nodes and pods of each class, 50 pods a node. 100 and 500 nodes are where Kubernetes' own scripts change the control
 * plane's machine (cluster/gce/config-common.sh, get-master-size), 2,000 where they change its networks. The classes are few,
 * so that a cluster that grows does not get new settings, and restarts for them, with every node.
 */
const BOUNDS: readonly [SizeClass, { nodes: number; pods: number }][] = [
  ["small", { nodes: 100, pods: 5_000 }],
  ["medium", { nodes: 500, pods: 25_000 }],
  ["large", { nodes: 2_000, pods: 100_000 }],
];

/** The class of a cluster: the smallest that has room for its nodes and its pods. */
export function sizeClass({ nodes, pods }: Pick<ClusterSize, "nodes" | "pods">): SizeClass {
  return BOUNDS.find(([, most]) => nodes <= most.nodes && pods <= most.pods)?.[0] ?? "huge";
}

/** A value for each class from which on it holds: a class that is left out has that of the one below. */
export type Steps<T> = Partial<Record<Exclude<SizeClass, "small">, T>>;

/** The value for a cluster, or nothing where the default holds. */
export function stepFor<T>(size: ClusterSize, steps: Steps<T>): T | undefined {
  const reached = SIZE_CLASSES.slice(1, SIZE_CLASSES.indexOf(sizeClass(size)) + 1) as (keyof Steps<T>)[];
  return reached.map((name) => steps[name]).findLast((value) => value !== undefined);
}

/** Settings without those that have no value. */
export function settingsOf<T>(settings: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, T] => entry[1] !== undefined));
}
