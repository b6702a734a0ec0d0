import * as pulumi from "@pulumi/pulumi";
import type { CloudChoice } from "../lib/openstack/cloud-settings.ts";

/** Whether the cloud is known from clouds.yaml and the environment: configuration may tell the plugin, and it alone, of another. */
export function isCloudOfEnvironment(): boolean {
  return new pulumi.Config("openstack").get("authUrl") === undefined;
}

/** The cloud that the stack's configuration names, if it is not left to the environment. */
export function programCloud(): CloudChoice {
  const config = new pulumi.Config("openstack");
  const [cloud, region] = [config.get("cloud"), config.get("region")];
  return { ...(cloud ? { cloud } : {}), ...(region ? { region } : {}) };
}
