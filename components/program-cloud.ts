import * as pulumi from "@pulumi/pulumi";
import type { CloudChoice } from "../lib/openstack/cloud-settings.ts";

/** The cloud that the stack's configuration names, if it is not left to the environment. */
export function programCloud(): CloudChoice {
  const config = new pulumi.Config("openstack");
  const [cloud, region] = [config.get("cloud"), config.get("region")];
  return { ...(cloud ? { cloud } : {}), ...(region ? { region } : {}) };
}
