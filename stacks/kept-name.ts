import * as pulumi from "@pulumi/pulumi";
import { clusterIn } from "../operations/state/cluster-name.ts";
import { ownStateReader } from "../operations/state/own-state.ts";

/** The name of the cluster that this stack has, as the last run that succeeded exported it. In previews, too. */
export async function keptName(): Promise<string | undefined> {
  const own = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: own });
  return outputs?.name;
}

/** The same of a cluster that no run has finished yet; the state says it later than the stack's outputs. What cannot be read, others warn of. */
export async function unfinishedName(): Promise<string | undefined> {
  return ownStateReader()().then(clusterIn, () => undefined);
}
