import * as pulumi from "@pulumi/pulumi";

/** The cloud that the stack's configuration names, if it is not left to the environment. */
export function providerSettings(): { cloud?: string; region?: string } {
  const config = new pulumi.Config("openstack");
  const [cloud, region] = [config.get("cloud"), config.get("region")];
  return { ...(cloud ? { cloud } : {}), ...(region ? { region } : {}) };
}
