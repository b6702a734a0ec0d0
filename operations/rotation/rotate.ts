import { setTimeout } from "node:timers/promises";
import { isSamePhase, KEYRINGS, type Keyring, phaseOf, phaseText } from "../../lib/rotation/keyrings.ts";
import { nextStep } from "../../lib/rotation/rules.ts";
import type { KeyringSettings } from "../../lib/rotation/settings.ts";
import { tokensEnd } from "../../lib/rotation/tokens.ts";
import { clusterIn } from "../state/cluster-name.ts";
import type { StackState } from "../state/stack-state.ts";
import { type PhaseConfiguration, stackConfiguration } from "./configuration.ts";
import { type RecordedPhases, reachedPhases } from "./reached-phases.ts";
import type { RotatableStack } from "./rotatable-stack.ts";

export interface RotateOptions {
  /** Cluster, in a stack with several. @default the stack's first cluster */
  cluster?: string;
  /** Generation that alone is used and trusted at the end. @default the one that a rotation has begun with, otherwise the next */
  generation?: number;
  /** Only tells the steps. @default false */
  planOnly?: boolean;
  /** Reads and writes the phases of keys, for a program whose arguments are not in the stack's configuration. @default the property `caravan:certificates` */
  configuration?: PhaseConfiguration;
  /** Gets a line at each step. @default none */
  onMessage?: (message: string) => void;
  /** Gets Pulumi's output. @default none */
  onOutput?: (text: string) => void;
  /** Waits. @internal */
  wait?: (milliseconds: number) => Promise<unknown>;
}

/** Outcome of a rotation. */
export interface Rotation {
  keyring: Keyring;
  /** Phase at the beginning. */
  from: KeyringSettings;
  /** Phases of the steps, each after one `pulumi up`. */
  steps: KeyringSettings[];
}

/** Most steps of a rotation: one that is taken back, and three. */
const MOST_STEPS = 5;

/**
 * Rotates a key or a CA of a stack's cluster: trusts a new generation, uses it, and drops the old one, each by a `pulumi up`. A rotation that
 * was interrupted goes on, because its phase is in the stack's configuration and state.
 */
export async function rotate(stack: RotatableStack, keyring: Keyring, options: RotateOptions = {}): Promise<Rotation> {
  if (!KEYRINGS.includes(keyring)) throw new Error(`"${keyring}" is no key that can be rotated; use ${KEYRINGS.join(", ")}`);
  const { planOnly = false, onMessage = () => {}, configuration = stackConfiguration(stack) } = options;
  const before = await reached(stack, options);
  const from = phaseOf(before.done, keyring);
  const given = phaseOf(await configuration.read(), keyring);
  const steps = stepsTo(from, given, options.generation ?? (given.trust.length > 1 ? Math.max(...given.trust) : defaultGoal(from, given)));
  for (const step of steps) onMessage(`${keyring}: ${phaseText(step)}, ${meaning(step)}`);
  if (steps.length === 0) onMessage(`${keyring}: ${phaseText(from)}, nothing to do`);
  if (planOnly) return { keyring, from, steps };
  for (const [index, step] of steps.entries()) {
    const { done, since } = await reached(stack, options);
    await awaitTokens(keyring, { done, since }, step, options);
    if (!isSamePhase(phaseOf(await configuration.read(), keyring), step)) await configuration.write(keyring, step);
    onMessage(`${keyring}: step ${index + 1} of ${steps.length}, ${phaseText(step)}: pulumi up`);
    await stack.up(options.onOutput ? { onOutput: options.onOutput } : {});
    await requireReached(stack, keyring, step, options);
  }
  return { keyring, from, steps };
}

/** Returns the steps to a generation. One that is configured and not done comes first. */
function stepsTo(from: KeyringSettings, given: KeyringSettings, generation: number): KeyringSettings[] {
  const steps = isSamePhase(from, given) ? [] : [given];
  for (let now = given; steps.length < MOST_STEPS; ) {
    const next = nextStep(now, generation);
    if (isSamePhase(next, now)) break;
    steps.push(next);
    now = next;
  }
  const last = steps.at(-1) ?? given;
  if (!isSamePhase(last, { use: generation, trust: [generation] }))
    throw new Error(
      `generation ${generation} cannot be reached from ${phaseText(given)}; give a newer one than ${Math.max(...given.trust)}`,
    );
  return steps;
}

/** Returns the generation to end with when none is named and one alone is trusted: a last step that was interrupted is all that is left. */
function defaultGoal(from: KeyringSettings, given: KeyringSettings): number {
  return isSamePhase(from, given) ? given.use + 1 : given.use;
}

function meaning({ use, trust }: KeyringSettings): string {
  if (trust.length === 1) return `only generation ${use} is trusted`;
  return `generation ${use} is used, and ${trust.find((each) => each !== use)} is trusted, too`;
}

async function reached(stack: RotatableStack, { cluster }: RotateOptions): Promise<RecordedPhases> {
  const state = (await stack.exportStack()) as StackState;
  const name = cluster ?? clusterIn(state);
  const phases = name === undefined ? undefined : reachedPhases(state, name);
  if (!phases) throw new Error(`the stack has no cluster${cluster ? ` "${cluster}"` : ""} that runs; run pulumi up first`);
  return phases;
}

async function requireReached(stack: RotatableStack, keyring: Keyring, step: KeyringSettings, options: RotateOptions): Promise<void> {
  const now = phaseOf((await reached(stack, options)).done, keyring);
  if (!isSamePhase(now, step))
    throw new Error(
      `pulumi up has not brought ${keyring} to ${phaseText(step)}, but to ${phaseText(now)}: the program does not pass certificates.rotation on; see that it does, or give options.configuration`,
    );
}

/** Waits until the tokens of a service-account key have ended that is to be dropped. */
async function awaitTokens(
  keyring: Keyring,
  { done, since }: Pick<RecordedPhases, "done" | "since">,
  step: KeyringSettings,
  { onMessage = () => {}, wait = setTimeout }: RotateOptions,
): Promise<void> {
  if (keyring !== "serviceAccountKey" || !since || step.trust.length >= phaseOf(done, keyring).trust.length) return;
  const end = tokensEnd(since);
  const left = end.getTime() - Date.now();
  if (left <= 0) return;
  onMessage(`${keyring}: waits until ${end.toISOString()}, when the tokens of the former key have ended`);
  await wait(left);
}
