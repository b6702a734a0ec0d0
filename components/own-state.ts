import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { StackState } from "../lib/orphans/stack-state.ts";

/** Reads the state of the stack that the program runs in; reading needs no lock. */
export type StateReader = (options?: {
  /** Whether secrets are shown, as an Automation API's always does. @default false */
  showSecrets?: boolean;
}) => Promise<StackState>;

/** Seconds in which a state must be read. */
const READ_SECONDS = 120;

/** A program has one connection to the engine; one that runs several stacks has one for each. */
const readers = new WeakMap<object, StateReader>();

/** Has the state of this run's stack read by a function: in an inline program, the environment is not that of the stack's commands. */
export function readOwnStateBy(reader: StateReader): void {
  readers.set(pulumi.runtime.getMonitor() as object, reader);
}

/** What reads the state of this run's stack: the function that was given meanwhile, or else Pulumi's command. To be asked for by the program itself. */
export function ownStateReader(): StateReader {
  const monitor = pulumi.runtime.getMonitor() as object;
  const stack = fullStackName();
  return (options) => (readers.get(monitor) ?? exportedState(stack))(options);
}

/** With the project, because the folder may be another's, or none; the organization is told by no engine that is old. */
function fullStackName(): string {
  try {
    return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  } catch {
    return pulumi.getStack();
  }
}

function exportedState(stack: string): StateReader {
  return async ({ showSecrets = false } = {}) => {
    const command = ["stack", "export", "--stack", stack, "--non-interactive", ...(showSecrets ? ["--show-secrets"] : [])];
    const { stdout } = await promisify(execFile)("pulumi", command, { timeout: READ_SECONDS * 1000, maxBuffer: 1024 ** 3 }).catch(refused);
    return JSON.parse(stdout);
  };
}

/** Why the state was not read: Pulumi's own words, without the command, and never what it printed of the state. */
function refused(error: Error & { stderr?: string }): never {
  const said = (error.stderr ?? "").trim().split("\n").at(-1);
  throw new Error(`the stack's state cannot be read: pulumi stack export: ${said || error.message.split("\n")[0]}`);
}
