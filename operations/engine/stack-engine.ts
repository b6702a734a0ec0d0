import type { EngineEvent } from "./events.ts";

/** Resources that a run is limited to. */
export interface RunScope {
  /** URNs of the resources that may change. All others stay as they are, whatever the program says. */
  target: readonly string[];
  /** URNs of the resources that are replaced even if nothing of them has changed. */
  replace: readonly string[];
}

/** Runs a stack's program by Pulumi's engine. */
export interface StackEngine {
  /** Runs `pulumi preview`, and returns its events. @throws RunFailed or StackBusy */
  preview(scope: RunScope): Promise<EngineEvent[]>;
  /** Runs `pulumi up` without a preview. @throws RunFailed or StackBusy */
  up(scope: RunScope, onEvent: (event: EngineEvent) => void): Promise<void>;
}

/** Minutes after which a run is interrupted. Each of its steps has a deadline of its own, so this is for an engine that hangs. */
export const RUN_MINUTES = 180;

/** Error of a run that did not succeed. */
export class RunFailed extends Error {}

/** Error of a run that did not begin, because another one has the stack's lock. */
export class StackBusy extends Error {}

/** Messages of Pulumi's backends when another run has the lock. */
const BUSY = /the stack is currently locked by|Another update is currently in progress/;

/** Makes the error of a run that failed: what the engine reported, or else the end of what the command said. */
export function runError(command: string, reported: readonly string[], said: string): Error {
  if (BUSY.test(said)) return new StackBusy("another run of this stack is at work");
  const ends = said.trim().split("\n").slice(-5);
  return new RunFailed([`pulumi ${command} failed:`, ...(reported.length > 0 ? reported : ends)].join("\n"));
}
