/** Command of the bin `caravan-fleet`. */
export interface Command {
  /** Description in a line. @default the command is for the fleet itself, and is not listed */
  summary?: string;
  /** Syntax, options and exit codes. */
  usage: string;
  /** Runs it, and returns the exit code. An error is printed by the caller. */
  run(args: readonly string[]): Promise<number>;
}

/** Exit code of a command that could not do its work. */
export const FAILED = 2;

/** Options of all commands, by which they reach the management cluster. */
export const API_OPTIONS = { namespace: { type: "string", short: "n" }, management: { type: "string" } } as const;

export const API_USAGE = `  --management FILE  kubeconfig of the management cluster, in place of KUBECONFIG, ~/.kube/config or the pod's own credential
  -n, --namespace N  namespace of the fleet, in place of the context's`;

/** Error about how a command was called. */
export class UsageError extends Error {}

/** Returns the only argument, by its name in the usage. */
export function onlyArgument(name: string, args: readonly string[]): string {
  if (args.length !== 1) throw new UsageError(`takes one ${name}, and was given ${args.length === 0 ? "none" : args.join(", ")}`);
  return args[0]!;
}
