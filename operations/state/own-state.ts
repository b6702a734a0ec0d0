import * as pulumi from "@pulumi/pulumi";
import { exportStack } from "./stack-export.ts";
import type { StackState } from "./stack-state.ts";

/** Function that reads the state of the program's stack. Reading needs no lock. */
export type StateReader = (options?: {
  /** Includes secrets, as the Automation API always does. @default false */
  showSecrets?: boolean;
}) => Promise<StackState>;

/** Readers by connection to the engine. A program has one connection for each stack that it runs. */
const readers = new WeakMap<object, StateReader>();

/** Sets the reader of this run's state. An inline program needs it, because its environment is not that of the stack's commands. */
export function readOwnStateBy(reader: StateReader): void {
  readers.set(pulumi.runtime.getMonitor() as object, reader);
}

/**
 * Returns the reader of this run's state: at each call it uses the function that was set by then, or else Pulumi's command. It must be
 * called from within the program.
 */
export function ownStateReader(): StateReader {
  const monitor = pulumi.runtime.getMonitor() as object;
  const stack = fullStackName();
  return (options) => readers.get(monitor)?.(options) ?? exportStack(stack, options?.showSecrets);
}

/**
 * Returns the stack's name with its project, because the folder may be that of another project or of none. Old engines tell no
 * organization.
 */
export function fullStackName(): string {
  try {
    return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  } catch {
    return pulumi.getStack();
  }
}
