import { createRequire } from "node:module";
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";

const { version } = createRequire(import.meta.url)("@pulumi/openstack/package.json") as { version: string };

/** What the class of @pulumi/openstack adds to the options of a server. */
const OPTIONS: pulumi.CustomResourceOptions = { version: version.replace(/^v/, ""), additionalSecretOutputs: ["adminPass"] };

/** Those of a server, but for the password, which would have to be kept secret. */
export type WorkerServerArgs = Omit<openstack.compute.InstanceArgs, "adminPass">;

/**
 * A server as openstack.compute.Instance makes it, and the same to the engine. That class keeps outputs of all 32 properties, of which a pool
 * looks at two: in a program with a thousand servers they were a fifth of its memory and of its time.
 */
export class WorkerServer extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly accessIpV4: pulumi.Output<string>;

  constructor(name: string, args: WorkerServerArgs, opts: pulumi.CustomResourceOptions) {
    const outputs = { name: undefined, accessIpV4: undefined };
    super("openstack:compute/instance:Instance", name, { ...outputs, ...args }, pulumi.mergeOptions(OPTIONS, opts));
  }
}
