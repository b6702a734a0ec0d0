import { changesIn, type EngineEvent } from "../engine/events.ts";
import { nameOf, typeOf } from "../state/stack-state.ts";
import { COMPONENTS, TYPES } from "../state/types.ts";

/** Replacement of a pool's machines, as its component plans it. */
export interface PoolRollout {
  /** Name of the pool. */
  pool: string;
  /** Name of its component. */
  component: string;
  /** Names of the machines' resources that each run replaces. The first run also ends replacements that were interrupted. */
  steps: readonly (readonly string[])[];
}

/** Error of a run that would replace machines of a pool all at once. */
export class UnknownState extends Error {}

/** Returns what a run, or its preview, replaces of the pools, and what later runs do; only pools of which something is replaced. */
export function rolloutsIn(events: readonly EngineEvent[]): PoolRollout[] {
  const outputs = events.flatMap(({ resOutputsEvent }) => {
    const { urn = "", new: made } = resOutputsEvent?.metadata ?? {};
    return typeOf(urn) === COMPONENTS.pool && made?.outputs?.rollout
      ? [[urn, made.outputs.rollout as Omit<PoolRollout, "component">] as const]
      : [];
  });
  const rollouts = [...new Map(outputs)].map(([urn, rollout]) => ({ ...rollout, component: nameOf(urn) }));
  if (rollouts.length === 0) requireNoneReplaced(events);
  return rollouts.filter(({ steps }) => steps.length > 0);
}

/** Returns what is left after the first run. */
export function afterFirst(rollouts: readonly PoolRollout[]): PoolRollout[] {
  return rollouts.flatMap(({ steps: [, ...later], ...rest }) => (later.length > 0 ? [{ ...rest, steps: later }] : []));
}

function requireNoneReplaced(events: readonly EngineEvent[]): void {
  const isWorker = (urn: string) => typeOf(urn) === TYPES.server && urn.includes(`${COMPONENTS.pool}$`);
  const replaced = changesIn(events).filter(({ urn, ops }) => isWorker(urn) && ops.includes("replace"));
  if (replaced.length === 0) return;
  throw new UnknownState(
    `the run would replace ${replaced.length} workers at once, because the program does not know the stack's state; ` +
      "have it await prepareRun, in an inline program with readState, and update the library where the pools are made",
  );
}
