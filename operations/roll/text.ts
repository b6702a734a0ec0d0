import type { PoolRollout } from "./rollouts.ts";

/** Writes which machines each run replaces. */
export function rollText(rollouts: readonly PoolRollout[]): string {
  if (rollouts.length === 0) return "no machine of a pool has another image than it should have";
  return rollouts.flatMap(({ pool, steps }) => [`pool ${pool}:`, ...steps.map(stepLine)]).join("\n");
}

function stepLine(names: readonly string[], index: number): string {
  return `  run ${index + 1}: ${names.join(", ") || "ends what was interrupted"}`;
}
