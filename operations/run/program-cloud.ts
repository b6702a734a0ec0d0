import * as pulumi from "@pulumi/pulumi";
import { type CloudChoice, cloudChoice } from "../../clients/openstack/cloud-settings.ts";

/** Returns the cloud and region that the stack's configuration names. The environment decides what it does not name. */
export function programCloud(): CloudChoice {
  return cloudChoice(configured("cloud"), configured("region"));
}

/** Returns whether clouds.yaml and the environment describe the cloud. Configuration may describe another, which only the plugin reads. */
export function isCloudOfEnvironment(): boolean {
  return configured("authUrl") === undefined;
}

/** Reads a setting of Pulumi's plugin. In a stack without any configuration, the SDK (3.270) throws a TypeError. */
function configured(key: string): string | undefined {
  try {
    return new pulumi.Config("openstack").get(key);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
