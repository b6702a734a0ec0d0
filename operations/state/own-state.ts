import * as pulumi from "@pulumi/pulumi";
import { exportStack } from "./stack-export.ts";
import type { StackState } from "./stack-state.ts";

/** Reads the state of the stack that the program runs in; reading needs no lock. */
export type StateReader = (options?: {
  /** Whether secrets are shown, as an Automation API's always does. @default false */
  showSecrets?: boolean;
}) => Promise<StackState>;

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
  return (options) => readers.get(monitor)?.(options) ?? exportStack(stack, options?.showSecrets);
}

/** With the project, because the folder may be another's, or none; the organization is told by no engine that is old. */
export function fullStackName(): string {
  try {
    return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  } catch {
    return pulumi.getStack();
  }
}
