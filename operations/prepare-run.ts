import * as pulumi from "@pulumi/pulumi";
import type { OpenStack } from "../clients/openstack/client.ts";
import { isValidCluster } from "../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { reasonOf } from "../lib/reason.ts";
import { checkMachinesOf } from "./machines/check-machines.ts";
import { keepPools } from "./machines/pools-of-run.ts";
import { checkNames } from "./names/check-names.ts";
import { OrphansServe, type RemoveOrphansOptions, removeOrphansOf } from "./orphans/remove-orphans.ts";
import { checkQuotaOf } from "./quota/quota.ts";
import { checkRotationOf } from "./rotation/check-rotation.ts";
import { endWithEngine } from "./run/end-with-engine.ts";
import { checkServices } from "./run/needed-services.ts";
import { beginRun, type Run } from "./run/run.ts";
import { checkUpgradeOf } from "./upgrade/check-upgrade.ts";

export interface PrepareRunOptions extends RemoveOrphansOptions {}

/**
 * Prepares a run: checks the credentials, the services, the names, the quota, the machines and whether an upgrade is possible, removes the
 * orphans of earlier runs, and ends the program when its engine is killed. A program awaits it before everything else.
 * @param name name of the cluster
 * @param args arguments of KubernetesCluster. A program that composes the parts itself passes none, and services, names and the quota are not checked
 */
export async function prepareRun(name: string, args?: KubernetesClusterArgs, options: PrepareRunOptions = {}): Promise<void> {
  endWithEngine();
  const run = beginRun(options, "prepareRun");
  const cloud = await signedIn(run);
  // Invalid arguments are reported by the component.
  if (args && isValidCluster(name, args)) checkServices(cloud, name, args);
  // All steps run to their end, even when one fails: removed orphans make room in the quota for the next run.
  const results = await Promise.allSettled([
    args && checkNames(name, args, run.cloud, run.state),
    args && checkQuotaOf(name, args, run.cloud),
    args && checkRotationOf(name, args, run.state),
    clearUp(run, options),
    checkStackMachines(run),
    keepPools(run.state).read,
    args && checkUpgradeOf(name, args, run),
  ]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Signs in. Pulumi shows a refusal as one error without a stack trace. */
function signedIn(run: Run): Promise<OpenStack> {
  return run.cloud().catch((error: Error) => {
    throw new pulumi.RunError(error.message);
  });
}

/** Removes the orphans of earlier runs. A failure is a warning, and the run goes on. Orphans in use are an error. */
async function clearUp(run: Run, options: RemoveOrphansOptions): Promise<void> {
  try {
    await removeOrphansOf(run, options);
  } catch (error) {
    if (error instanceof OrphansServe) throw error;
    pulumi.log.warn(`what an earlier run may have left in OpenStack was not removed: ${reasonOf(error)}`);
  }
}

/** Checks which of the stack's machines do not run. */
async function checkStackMachines(run: Run): Promise<void> {
  try {
    await checkMachinesOf(await run.state(), run.cloud);
  } catch (error) {
    pulumi.log.warn(`the stack's state was not read, so lost machines are not found: ${reasonOf(error)}`);
  }
}
