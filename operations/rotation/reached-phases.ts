import { clusterWide, ofControlPlanes } from "../../lib/rotation/keyrings.ts";
import type { ReachedPhases } from "../../lib/rotation/rules.ts";
import type { RotationSettings } from "../../lib/rotation/settings.ts";
import { nameOf, resourcesOf, type StackState, type StateResource } from "../state/stack-state.ts";
import { STASH } from "../state/types.ts";

/** Phases in a stack's state. */
export interface RecordedPhases extends ReachedPhases {
  /** Time at which control planes reached the phases of `done`; `undefined` where none of their keys was ever rotated. */
  since: Date | undefined;
}

/** Reads which phases a cluster has reached; `undefined` when none of its control planes runs yet. */
export function reachedPhases(state: StackState, cluster: string): RecordedPhases | undefined {
  const resources = resourcesOf(state);
  const stash = (name: string) => resources.find(({ type, urn }) => type === STASH && nameOf(urn) === name);
  const begun = stash(`${cluster}-pki-rotation`);
  const done = stash(`${cluster}-control-plane-rotation`);
  const everywhere = stash(`${cluster}-rotation`);
  const started = resources.some(({ urn }) => nameOf(urn) === `${cluster}-control-plane-members`);
  if (!started && !begun) return undefined;
  // In a cluster whose first run was interrupted, what was begun is all that there is.
  const reached = started || done ? { ...ownPhases(done), ...(everywhere ? phasesIn(everywhere) : {}) } : phasesIn(begun!);
  return {
    done: reached,
    begun: begun ? phasesIn(begun) : reached,
    since: done?.modified === undefined ? undefined : new Date(done.modified),
  };
}

/** Returns the phases that control planes are enough for. */
function ownPhases(done: StateResource | undefined): RotationSettings {
  if (!done) return {};
  const phases = phasesIn(done);
  const others = Object.keys(clusterWide(phases));
  return Object.fromEntries(Object.entries(ofControlPlanes(phases)).filter(([keyring]) => !others.includes(keyring)));
}

function phasesIn({ inputs }: StateResource): RotationSettings {
  return (inputs?.input ?? {}) as RotationSettings;
}
