import { onDevcloud } from "../../../devcloud/environment.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import type { HealResult } from "../../../operations/heal/result.ts";
import type { Cluster } from "./cluster.ts";

/** Limits for scenarios: their machines are young, and are replaced often. */
const LIMITS = ["--settling-minutes", "5", "--not-ready-minutes", "1", "--max-replacements", "9"];

/** Seconds until a new machine is judged. */
export const SETTLING_SECONDS = 330;

/** Runs a command of the bin and returns its JSON. The shell keeps the exit code, with which it may fail. */
export async function caravan<T>(cluster: Cluster, ...args: string[]): Promise<T> {
  const command = `node "$0" "$@" --json --cwd "${cluster.stack.dir}" 2>/dev/null; true`;
  return JSON.parse(await onDevcloud(["bash", "-c", command, `${repositoryDir}/commands/main.ts`, ...args], { deadline: 900 })) as T;
}

/** Heals a scenario's cluster. */
export function heal(cluster: Cluster, ...options: string[]): Promise<HealResult> {
  return caravan(cluster, "heal", cluster.stack.name, ...LIMITS, ...options);
}

/** Returns what a healing has planned and done, in short. */
export function short({ plan, runs, exitCode }: HealResult) {
  return {
    stopped: plan.stopped.length,
    replaced: plan.replaced.map(({ object }) => object.name),
    runs: runs.map(({ machines, failure }) => failure ?? machines.join()),
    exitCode,
  };
}
