import type { Problems } from "../problems.ts";
import { isSamePhase, KEYRINGS, type Keyring, phaseOf, phaseText } from "./keyrings.ts";
import { MOST_GENERATIONS } from "./limits.ts";
import type { KeyringSettings, RotationSettings } from "./settings.ts";

/** Checks the phases of all keys, each by itself. */
export function checkRotation(rotation: RotationSettings, problems: Problems): void {
  for (const keyring of KEYRINGS) {
    const phase = rotation[keyring];
    if (phase) checkPhase(phase, problems.at(keyring));
  }
}

function checkPhase({ use, trust }: KeyringSettings, problems: Problems): void {
  const allowed = `use whole numbers from 1 to ${MOST_GENERATIONS}`;
  const wrong = [use, ...trust].find((generation) => !Number.isInteger(generation) || generation < 1 || generation > MOST_GENERATIONS);
  if (wrong !== undefined) {
    problems.add("", `${wrong} is no generation of a key; ${allowed}`);
  } else if (trust.length < 1 || trust.length > 2) {
    problems.add("trust", `has ${trust.length} generations; name the one in use, and at most one other`);
  } else if (trust.length === 2 && trust[0]! >= trust[1]!) {
    problems.add("trust", `[${trust.join(", ")}] is not in rising order; name the older generation first`);
  } else if (!trust.includes(use)) {
    problems.add("use", `${use} is not among the trusted generations, ${trust.join(" and ")}; trust it, or use one of them`);
  }
}

/** Phases that a cluster has reached. */
export interface ReachedPhases {
  /** Phases that all of its machines have. */
  done: RotationSettings;
  /** Phases that a run has begun to apply last; those of `done` when it has ended. */
  begun: RotationSettings;
}

/** Checks that the phases of all keys are at most one step from those that a cluster has reached. */
export function checkSteps({ done, begun }: ReachedPhases, now: RotationSettings, problems: Problems): void {
  for (const keyring of KEYRINGS) {
    const [old, tried, wanted] = [done, begun, now].map((each) => phaseOf(each, keyring)) as [
      KeyringSettings,
      KeyringSettings,
      KeyringSettings,
    ];
    const reason = obstacle(keyring, { old, tried, wanted });
    if (reason) problems.add(keyring, reason);
  }
}

function obstacle(keyring: Keyring, { old, tried, wanted }: Record<"old" | "tried" | "wanted", KeyringSettings>): string | undefined {
  const interrupted = !isSamePhase(old, tried);
  if (interrupted && ![old, tried].some((each) => isSamePhase(each, wanted)))
    return `${phaseText(wanted)} is asked for while the step from ${phaseText(old)} to ${phaseText(tried)} is not done on all machines; give one of both, and run again`;
  // In a cluster whose first run was interrupted, what was begun is no step from what is done.
  if ([old, tried].some((each) => isSamePhase(each, wanted)) || isStep(old, wanted)) return undefined;
  return `${phaseText(wanted)} is more than one step from ${phaseText(old)}, which the machines have; ${adviceTo(keyring, old, wanted)}`;
}

/** Returns whether a phase follows another one: a newer generation is trusted, another one is used, or one that is not used is dropped. */
export function isStep(before: KeyringSettings, now: KeyringSettings): boolean {
  const added = now.trust.filter((generation) => !before.trust.includes(generation));
  const dropped = before.trust.filter((generation) => !now.trust.includes(generation));
  const changes = added.length + dropped.length + (before.use === now.use ? 0 : 1);
  return changes === 1 && added.every((generation) => generation > Math.max(...before.trust));
}

function adviceTo(keyring: Keyring, before: KeyringSettings, wanted: KeyringSettings): string {
  const next = nextStep(before, wanted.use);
  if (isSamePhase(next, before)) return `put ${phaseText(before)} back, or use a newer generation`;
  return `go on with ${keyring}: ${phaseText(next)}`;
}

/**
 * Returns the phase that follows on the way to a generation that alone is used and trusted; the same phase when there is no way, or nothing
 * to do.
 */
export function nextStep({ use, trust }: KeyringSettings, generation: number): KeyringSettings {
  const newest = Math.max(...trust);
  if (trust.includes(generation)) {
    if (use !== generation) return { use: generation, trust };
    return { use, trust: [generation] };
  }
  if (trust.length > 1) return { use, trust: [use] };
  return generation > newest ? { use, trust: [...trust, generation] } : { use, trust };
}
