import type { Problems } from "../problems.ts";

/** Limits of healing. They keep it from making a failure worse that is none of single machines. */
export interface HealPolicy {
  /** Minutes for which a Node must be NotReady or Unknown before its machine is replaced, 1 to 1440. @default 5 */
  notReadyMinutes?: number;
  /** Minutes after a server's creation in which it is not judged, 5 to 1440: it may still be joining. @default 15 */
  settlingMinutes?: number;
  /**
   * Percentage of a pool's machines that may be unhealthy, 1 to 99. If more are, and at least two, none of the pool is replaced: the cause is
   * no single machine.
   * @default 40
   */
  maxUnhealthyPercent?: number;
  /** Percentage of a pool's machines that one run replaces at most, 1 to 50. One is always allowed. @default 10 */
  maxReplacedPercent?: number;
  /** Number of replacements of one machine's place within the window after which it is left to a person, 1 to 10. @default 2 */
  maxReplacements?: number;
  /** Hours of that window, 1 to 168. @default 6 */
  windowHours?: number;
  /** Replaces control planes and members of etcd, too, one in a run, as long as etcd's majority stands without it. @default true */
  controlPlanes?: boolean;
}

/** Policy with all values. */
export type Limits = Required<HealPolicy>;

/** Defaults. Those of Cluster API's MachineHealthCheck replace without a limit, and sooner. */
export const DEFAULT_POLICY: Limits = {
  notReadyMinutes: 5,
  settlingMinutes: 15,
  maxUnhealthyPercent: 40,
  maxReplacedPercent: 10,
  maxReplacements: 2,
  windowHours: 6,
  controlPlanes: true,
};

/** Lowest and highest values. */
const BOUNDS = {
  notReadyMinutes: [1, 1440],
  settlingMinutes: [5, 1440],
  maxUnhealthyPercent: [1, 99],
  maxReplacedPercent: [1, 50],
  maxReplacements: [1, 10],
  windowHours: [1, 168],
} as const satisfies Record<Exclude<keyof HealPolicy, "controlPlanes">, readonly [number, number]>;

/** Checks a policy, and returns it with all defaults. */
export function checkPolicy(policy: HealPolicy, problems: Problems): Limits {
  for (const [name, value] of Object.entries(policy)) {
    if (!Object.hasOwn(DEFAULT_POLICY, name)) {
      problems.add(name, `is no limit; use ${Object.keys(DEFAULT_POLICY).join(", ")}`);
    } else if (name === "controlPlanes") {
      if (typeof value !== "boolean") problems.add(name, `${JSON.stringify(value)} is neither true nor false; use one of them`);
    } else {
      const [lowest, highest] = BOUNDS[name as keyof typeof BOUNDS];
      if (!(Number.isInteger(value) && value >= lowest && value <= highest))
        problems.add(name, `${JSON.stringify(value)} is not allowed; use a whole number from ${lowest} to ${highest}`);
    }
  }
  return { ...DEFAULT_POLICY, ...policy };
}
