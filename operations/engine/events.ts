import type { Inputs } from "../state/stack-state.ts";

/** Event of Pulumi's engine, with only the fields that the library reads. */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { message: string; severity: string; urn?: string };
}

/** Step of a run. */
export interface StepMetadata {
  /** Operation, like "same", "update" and "create-replacement". */
  op: string;
  urn: string;
  /** State before the step. */
  old?: { id?: string } | null;
  /** State after the step. */
  new?: { outputs?: Inputs | null } | null;
}

/** Operations that change nothing. */
const IDLE = ["same", "read", "refresh", "discard", "read-discard", "remove-pending-replace"];

/** Steps of a run that changes something, by URN. */
export interface Change {
  urn: string;
  /** Operations, sorted, like "update", or "create-replacement", "delete-replaced" and "replace". */
  ops: string[];
  /** Id before the run. @default the resource is new */
  id?: string;
}

/** Returns what a run changes, or would, by its events. */
export function changesIn(events: readonly EngineEvent[]): Change[] {
  const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []).filter(({ op }) => !IDLE.includes(op));
  return [...Map.groupBy(steps, ({ urn }) => urn)].map(([urn, own]) => {
    const id = own.find(({ old }) => old?.id)?.old?.id;
    return { urn, ops: [...new Set(own.map(({ op }) => op))].sort(), ...(id === undefined ? {} : { id }) };
  });
}

/** Returns the errors that a run reported, each once and without Pulumi's colours. */
export function errorsIn(events: readonly EngineEvent[]): string[] {
  const errors = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? diagnosticEvent.message : []));
  return [...new Set(errors.map((message) => message.replaceAll(/<\{%[^%]*%\}>/g, "").trim()))].filter((message) => message !== "");
}
