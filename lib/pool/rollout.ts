import { shareOf } from "./share.ts";

/** Default limit of machines that a run replaces: the surge of a Deployment. */
export const DEFAULT_MAX_SURGE = "25%";

/**
 * What becomes of a worker's machine in a run:
 * - "absent": it does not exist yet, and is made as it is wanted
 * - "broken": it is replaced whatever it is like, and its successor is made as it is wanted
 * - "former": it is made from something else than is wanted now
 * - "present": it is as it is wanted
 */
export type MachineStatus = "absent" | "broken" | "former" | "present";

export interface RolloutArgs {
  /** Status of each machine that is wanted, by key. */
  machines: ReadonlyMap<string, MachineStatus>;
  /** Limit of machines that a run replaces. @default "25%" */
  maxSurge: number | string | undefined;
  /** Machines that an earlier run has replaced, and not yet deleted. */
  leftovers: number;
}

/** Plan of a pool's replacement. */
export interface RolloutPlan {
  /** Keys of the machines that each run replaces, this one first. One without keys ends what was interrupted. */
  steps: string[][];
  /** Replacements that use up places of this run: those of broken machines, and those that an earlier run has not ended. */
  others: number;
}

/**
 * Plans in which run which machine is replaced. A machine and its successor exist side by side until the run's end, so a run replaces at most
 * `maxSurge` of them. Those that are broken count, too. A run that was interrupted is ended before the next machines are replaced: their
 * successors may not have joined.
 */
export function planRollout({ machines, maxSurge = DEFAULT_MAX_SURGE, leftovers }: RolloutArgs): RolloutPlan {
  const keysOf = (wanted: MachineStatus) => [...machines].flatMap(([key, status]) => (status === wanted ? [key] : []));
  const former = keysOf("former");
  const others = keysOf("broken").length + leftovers;
  if (former.length === 0) return { steps: leftovers > 0 ? [[]] : [], others };
  const surge = shareOf(maxSurge, machines.size);
  const steps = [former.splice(0, leftovers > 0 ? 0 : Math.max(0, surge - others))];
  while (former.length > 0) steps.push(former.splice(0, surge));
  return { steps, others };
}

export interface RolloutLineArgs extends RolloutPlan {
  pool: string;
  /** Number of machines of the pool. */
  size: number;
  /** What of the machines is new, like "image". */
  settings: readonly string[];
  /** Name of the stack. */
  stack: string;
}

/** Writes what remains after this run; `undefined` when nothing does. */
export function rolloutLine({ pool, size, settings, steps, others, stack }: RolloutLineArgs): string | undefined {
  const [, next, ...later] = steps;
  if (next === undefined) return undefined;
  const left = [next, ...later].flat().length;
  const first = others > 0 ? `, in which ${others} other ${others === 1 ? "replacement comes" : "replacements come"} first` : "";
  return (
    `pool ${pool}: ${size - left} of ${size} machines have the new ${settings.join(" and ")} after this run${first}; ` +
    `run \`pulumi up\` again, or \`npx caravan roll ${stack}\`, for the next ${next.length}`
  );
}
