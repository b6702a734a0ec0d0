/** Size that a cluster has, or should have later. */
export interface ClusterSize {
  /** Number of nodes, control planes included. */
  nodes: number;
  /** Number of pods. */
  pods: number;
  /** Number of control planes. */
  controlPlanes: number;
  /** Number of availability zones with nodes; `undefined` when not known. */
  zones?: number | undefined;
}

/** Size classes, whose settings differ. In a small cluster all settings are Kubernetes' defaults. */
export const SIZE_CLASSES = ["small", "medium", "large", "huge"] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];

/**
 * Most nodes and pods of each class, 50 pods a node. At 100 and 500 nodes Kubernetes' own scripts change the control plane's machine
 * (cluster/gce/config-common.sh, get-master-size), and at 2,000 its networks. The classes are few, so that a growing cluster does not
 * get new settings, and restarts for them, with every node.
 */
const BOUNDS: readonly [SizeClass, { nodes: number; pods: number }][] = [
  ["small", { nodes: 100, pods: 5_000 }],
  ["medium", { nodes: 500, pods: 25_000 }],
  ["large", { nodes: 2_000, pods: 100_000 }],
];

/** Returns the class of a cluster: the smallest with room for its nodes and its pods. */
export function sizeClass({ nodes, pods }: Pick<ClusterSize, "nodes" | "pods">): SizeClass {
  return BOUNDS.find(([, most]) => nodes <= most.nodes && pods <= most.pods)?.[0] ?? "huge";
}

/** Values by the class from which on they hold. A class that is left out has the value of the class below. */
export type Steps<T> = Partial<Record<Exclude<SizeClass, "small">, T>>;

/** Returns the value for a cluster; `undefined` where the default holds. */
export function stepFor<T>(size: ClusterSize, steps: Steps<T>): T | undefined {
  const reached = SIZE_CLASSES.slice(1, SIZE_CLASSES.indexOf(sizeClass(size)) + 1) as (keyof Steps<T>)[];
  return reached.map((name) => steps[name]).findLast((value) => value !== undefined);
}

/** Removes the settings without a value. */
export function settingsOf<T>(settings: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(settings).filter((entry): entry is [string, T] => entry[1] !== undefined));
}
