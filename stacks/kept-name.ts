import * as pulumi from "@pulumi/pulumi";

/** The name of the cluster that this stack has, as the last run that succeeded exported it. In previews, too. */
export async function keptName(): Promise<string | undefined> {
  const own = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: own });
  return outputs?.name;
}
