import * as pulumi from "@pulumi/pulumi";
import { type CloudChoice, cloudChoice } from "../../clients/openstack/cloud-settings.ts";

/** The cloud that the stack's configuration names, if it is not left to the environment. */
export function programCloud(): CloudChoice {
  return cloudChoice(configured("cloud"), configured("region"));
}

/** Whether the cloud is known from clouds.yaml and the environment: configuration may tell the plugin, and it alone, of another. */
export function isCloudOfEnvironment(): boolean {
  return configured("authUrl") === undefined;
}

/** A setting of Pulumi's plugin. Where a stack has no configuration at all, the SDK (3.270) cannot be asked for any. */
function configured(key: string): string | undefined {
  try {
    return new pulumi.Config("openstack").get(key);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
