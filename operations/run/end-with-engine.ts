/**
 * Has the program end when the engine was killed, so that nobody reads what it says: first in the program of a stack. Without it, Pulumi's
 * runtime (3.270) reports each error by writing, also that of such a report, and goes on for ever, with a core and ever more memory.
 */
export function endWithEngine(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => process.exit(1));
}
