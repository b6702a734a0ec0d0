/**
 * Ends the program when its engine was killed and nobody reads its output. Call it first in the program of a stack. Without it, Pulumi's
 * runtime (3.270) reports every failed write by another write, for ever, and uses a whole core and ever more memory.
 */
export function endWithEngine(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => process.exit(1));
}
