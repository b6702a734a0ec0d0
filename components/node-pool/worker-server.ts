import { createRequire } from "node:module";
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

const { version } = createRequire(import.meta.url)("@pulumi/openstack/package.json") as { version: string };

/** Version of the plugin, which the classes of @pulumi/openstack add to the options of their resources. */
export const PLUGIN_VERSION = version.replace(/^v/, "");

/** Options that the class of @pulumi/openstack adds to a server's. */
const OPTIONS: pulumi.CustomResourceOptions = { version: PLUGIN_VERSION, additionalSecretOutputs: ["adminPass"] };

/** Arguments of a server without the password, which would have to be a secret. */
export type WorkerServerArgs = Omit<openstack.compute.InstanceArgs, "adminPass">;

/**
 * Server of a worker. To the engine it is the same as openstack.compute.Instance. That class keeps outputs of all 32 properties, and a pool
 * reads four of them. In a program with a thousand servers, the others took a fifth of its memory and time.
 */
export class WorkerServer extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly accessIpV4: pulumi.Output<string>;
  declare readonly availabilityZone: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;

  constructor(name: string, args: WorkerServerArgs, opts: pulumi.CustomResourceOptions) {
    const outputs = { name: undefined, accessIpV4: undefined, availabilityZone: undefined, region: undefined };
    super("openstack:compute/instance:Instance", name, { ...outputs, ...args }, pulumi.mergeOptions(OPTIONS, opts));
  }
}
