import type { HealPlan } from "../../lib/heal/plan.ts";
import type { HealthReport } from "../../lib/health/judge.ts";
import type { ReplacementStep } from "../replacement/progress.ts";

/** Machines that one run of Pulumi has replaced, or has tried to. */
export interface HealRun {
  /** Names of the former machines. */
  machines: string[];
  /** Steps that have ended. */
  steps: ReplacementStep[];
  /** Seconds from the preview to the end. */
  seconds: number;
  /** Reason why it did not succeed. @default it succeeded */
  failure?: string;
}

/** Result of healing. */
export interface HealResult {
  /** Name of the cluster. */
  cluster: string;
  /** Time of the check, ISO 8601. */
  time: string;
  /** Health of the cluster before. @default another process is at work, so nothing was asked */
  health?: HealthReport;
  /** Plan that healing followed. */
  plan: HealPlan;
  /** Replacements that ran, in this order; none when only the plan was wanted. */
  runs: HealRun[];
  /** Reason why another process came first. @default none did */
  busy?: string;
  /**
   * 0: all is well, or all that was to be done is; 1: machines are left to a person, or the plan has replacements that were not wanted yet;
   * 2: nothing could be judged, or a replacement failed or would have changed more; 3: another process is at work.
   */
  exitCode: 0 | 1 | 2 | 3;
}

/** Returns the exit code of a result. */
export function exitCodeOf({ plan, runs, busy }: Omit<HealResult, "exitCode">): HealResult["exitCode"] {
  if (busy !== undefined) return 3;
  if (plan.stopped.length > 0 || runs.some(({ failure }) => failure !== undefined)) return 2;
  const isDone = plan.replaced.every(({ object }) => runs.some(({ machines }) => machines.includes(object.name)));
  return isDone && plan.told.every(({ isPending }) => isPending) ? 0 : 1;
}
