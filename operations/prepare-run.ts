import * as pulumi from "@pulumi/pulumi";
import { checkMachines } from "../components/check-machines.ts";
import { ownStateReader } from "../components/own-state.ts";
import { isCloudOfEnvironment, programCloud } from "../components/program-cloud.ts";
import { endWithEngine } from "../lib/end-with-engine.ts";
import type { CloudChoice } from "../lib/openstack/cloud-settings.ts";
import { signIn } from "../lib/openstack/sign-in.ts";
import type { QuotaArgs } from "../lib/quota/wanted.ts";
import { checkQuota } from "../lib/quota.ts";
import { OrphansServe, type RemoveOrphansOptions, removeOrphans } from "./remove-orphans.ts";

export interface PrepareRunOptions extends RemoveOrphansOptions {}

/**
 * What a program does before it makes a cluster: first in the program, awaited. It ends with its engine, finds out whether the cloud takes the
 * credentials and whether the cluster fits into its quota, and removes what earlier runs left behind.
 * @param name the cluster's name
 * @param args those of KubernetesCluster
 */
export async function prepareRun(name: string, args?: QuotaArgs, options: PrepareRunOptions = {}): Promise<void> {
  endWithEngine();
  const choice = { ...programCloud(), ...options };
  if (options.cloud || isCloudOfEnvironment()) {
    await signIn(choice).catch((error: Error) => {
      throw new pulumi.RunError(error.message);
    });
  }
  // Each ends whatever becomes of the others: what is removed makes room for another try.
  const results = await Promise.allSettled([args && checkQuota(name, args, choice), clearUp(options), lookAtMachines(choice)]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Finds out which of the stack's machines do not run. */
async function lookAtMachines(choice: CloudChoice): Promise<void> {
  try {
    await checkMachines(await ownStateReader()(), choice);
  } catch (error) {
    pulumi.log.warn(`the stack's state was not read, so lost machines are not found: ${error instanceof Error ? error.message : error}`);
  }
}

/** Removes what earlier runs left behind. What goes wrong with that is a warning: the run may do without. What serves is an error. */
async function clearUp(options: RemoveOrphansOptions): Promise<void> {
  try {
    await removeOrphans(options);
  } catch (error) {
    if (error instanceof OrphansServe) throw error;
    pulumi.log.warn(`what an earlier run may have left in OpenStack was not removed: ${error instanceof Error ? error.message : error}`);
  }
}
