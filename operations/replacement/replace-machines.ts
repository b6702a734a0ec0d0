import { changesIn } from "../engine/events.ts";
import type { RunScope, StackEngine } from "../engine/stack-engine.ts";
import type { StateResource } from "../state/stack-state.ts";
import { checkNothingMissing, checkNothingPending, checkPreview, type ReplacedMachine } from "./check-preview.ts";
import { progressOf, type ReplacementStep } from "./progress.ts";
import { type ReplacementTargets, replacementTargets } from "./targets.ts";

/** Replacement of machines that was previewed: nothing but these machines changes. */
export interface PreparedReplacement {
  /** Replaces the machines by `pulumi up`. */
  run(onStep: (step: ReplacementStep) => void): Promise<void>;
}

/**
 * Previews the replacement of machines, limited to them and to the commands that make them join.
 * @param resources resources of the cluster in the state
 * @throws OtherChanges when more would change
 */
export async function prepareReplacement(
  engine: StackEngine,
  resources: readonly StateResource[],
  machines: readonly ReplacedMachine[],
): Promise<PreparedReplacement> {
  const targets = replacementTargets(
    resources,
    machines.map(({ urn }) => urn),
  );
  await previewCommands(engine, targets);
  const { roots, servers, recreated, commands } = targets;
  const scope: RunScope = { target: [...new Set([...roots, ...servers, ...recreated, ...commands])], replace: roots };
  checkPreview(changesIn(await engine.preview(scope)), machines, targets);
  return { run: (onStep) => engine.up(scope, progressOf(onStep)) };
}

/** Checks that the commands would do nothing by themselves. With the machines they run anyway, and their own changes would not be seen. */
async function previewCommands(engine: StackEngine, { recreated, commands }: ReplacementTargets): Promise<void> {
  const target = [...recreated, ...commands];
  if (target.length === 0) return;
  const events = await engine.preview({ target, replace: [] }).catch((error: Error) => {
    checkNothingMissing(error.message);
    throw error;
  });
  checkNothingPending(changesIn(events));
}
