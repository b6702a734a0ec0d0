import type { HealResult } from "./result.ts";

/** Writes what healing has done, in lines. */
export function healRunsText({ cluster, runs, busy }: Pick<HealResult, "cluster" | "runs" | "busy">): string[] {
  const lines = runs.map(({ machines, seconds, failure }) =>
    failure === undefined
      ? `replaced ${machines.join(", ")} in ${seconds} s`
      : `failed to replace ${machines.join(", ")}, after ${seconds} s: ${failure}`,
  );
  return [...lines, ...(busy === undefined ? [] : [`cluster "${cluster}": nothing further is done: ${busy}`])];
}
