import * as pulumi from "@pulumi/pulumi";
import { clusterIn } from "../operations/state/cluster-name.ts";
import { ownStateReader } from "../operations/state/own-state.ts";

/** Returns the name of this stack's cluster, as the last successful run exported it. It works in previews, too. */
export async function keptName(): Promise<string | undefined> {
  const own = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: own });
  return outputs?.name;
}

/**
 * Returns the name of a cluster that no run has finished yet. It is in the state, which takes longer to read than the stack's outputs. An
 * unreadable state is no error here, because prepareRun warns of it.
 */
export async function unfinishedName(): Promise<string | undefined> {
  return ownStateReader()().then(clusterIn, () => undefined);
}
