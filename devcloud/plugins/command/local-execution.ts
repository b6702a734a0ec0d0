import { runGroup } from "../support/process-group.ts";
import type { CommandInputs, Execution } from "./command-resource.ts";

export interface LocalInputs extends CommandInputs {
  interpreter?: string[];
  dir?: string;
}

/** Runs a command on this machine. */
export async function executeLocally({ command, inputs, environment, output, operation }: Execution<LocalInputs>): Promise<void> {
  const [program = "/bin/sh", ...args] = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  await runGroup(
    {
      program,
      args: [...args, command],
      cwd: inputs.dir,
      env: environment,
      stdin: inputs.stdin,
      take: (stream, chunk) => output.take(stream, chunk),
    },
    operation.signal,
  );
}
