import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { Problems } from "../../lib/problems.ts";
import { rotated } from "../../lib/rotation/keyrings.ts";
import { checkRotation, checkSteps } from "../../lib/rotation/rules.ts";
import { checkTokens } from "../../lib/rotation/tokens.ts";
import type { StateReader } from "../state/own-state.ts";
import { reachedPhases } from "./reached-phases.ts";

/**
 * Checks that the keys of a cluster are at most one step from what its machines have, before anything is changed and in the preview. A state
 * that cannot be read is an error only for a cluster that rotates keys: the machines check it, too.
 */
export async function checkRotationOf(cluster: string, { certificates }: KubernetesClusterArgs, readState: StateReader): Promise<void> {
  const wanted = certificates?.rotation ?? {};
  const problems = new Problems().at("certificates.rotation");
  checkRotation(wanted, problems);
  // Reported by the component.
  if (problems.lines.length > 0) return;
  const state = await readState().catch((error: Error) => {
    if (rotated(wanted).length === 0) return undefined;
    throw new Error(`certificates.rotation was not compared with what the machines have: ${error.message}`);
  });
  const reached = state && reachedPhases(state, cluster);
  if (!reached) return;
  checkSteps(reached, wanted, problems);
  if (problems.lines.length === 0) checkTokens(reached, wanted, new Date(), problems);
  problems.throwIfAny(`Kubernetes cluster "${cluster}"`);
}
