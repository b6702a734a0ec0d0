import * as pulumi from "@pulumi/pulumi";
import type { KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { checkMachinesOf } from "./machines/check-machines.ts";
import { OrphansServe, type RemoveOrphansOptions, removeOrphansOf } from "./orphans/remove-orphans.ts";
import { checkQuota } from "./quota/quota.ts";
import { endWithEngine } from "./run/end-with-engine.ts";
import { isCloudOfEnvironment } from "./run/program-cloud.ts";
import { beginRun, type Run } from "./run/run.ts";

export interface PrepareRunOptions extends RemoveOrphansOptions {}

/**
 * Prepares a run; a program awaits it before all else. It checks the credentials, the quota and the machines, removes what earlier runs left
 * behind, and has the program end with its engine.
 * @param name the cluster's name
 * @param args those of KubernetesCluster; without, as when a program composes its parts, no quota is looked at
 */
export async function prepareRun(name: string, args?: KubernetesClusterArgs, options: PrepareRunOptions = {}): Promise<void> {
  endWithEngine();
  const run = beginRun(options, "prepareRun");
  if (options.cloud || isCloudOfEnvironment()) await signedIn(run);
  // Each ends whatever becomes of the others: what is removed makes room for another try.
  const results = await Promise.allSettled([args && checkQuota(name, args, run.choice), clearUp(run, options), lookAtMachines(run)]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Signs in; a refusal is one error, which Pulumi shows without a stack. */
function signedIn(run: Run): Promise<unknown> {
  return run.cloud().catch((error: Error) => {
    throw new pulumi.RunError(error.message);
  });
}

/** Removes what earlier runs left behind. A failure is a warning, and the run goes on; objects that serve are an error. */
async function clearUp(run: Run, options: RemoveOrphansOptions): Promise<void> {
  try {
    await removeOrphansOf(run, options);
  } catch (error) {
    if (error instanceof OrphansServe) throw error;
    pulumi.log.warn(`what an earlier run may have left in OpenStack was not removed: ${error instanceof Error ? error.message : error}`);
  }
}

/** Finds out which of the stack's machines do not run. */
async function lookAtMachines(run: Run): Promise<void> {
  try {
    await checkMachinesOf(await run.state(), run.cloud);
  } catch (error) {
    pulumi.log.warn(`the stack's state was not read, so lost machines are not found: ${error instanceof Error ? error.message : error}`);
  }
}
