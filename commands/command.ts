/** Command of the bin `caravan`. */
export interface Command {
  /** Description in a line. */
  summary: string;
  /** Syntax and options. */
  usage: string;
  /** Runs it, prints its result on standard output, and returns the exit code. An error is printed by the caller. */
  run(args: readonly string[]): Promise<number>;
}

/** Exit code of a command that could not do its work. */
export const FAILED = 2;

/** Exit code when another run of the stack, or another healing, is at work. */
export const BUSY = 3;

/** Error about how a command was called. */
export class UsageError extends Error {}
