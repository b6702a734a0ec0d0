import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import { replacementTrigger } from "../openstack/lost-machines.ts";
import type { serverArgs } from "../openstack/machine.ts";
import { portArgs } from "../openstack/stable-port.ts";
import type { Rollout } from "./rollout.ts";
import { PLUGIN_VERSION } from "./worker-server.ts";

/** Arguments of a server that are changed in place, or whose changes a pool ignores. */
const KEEPING = ["flavorId", "keyPair", "metadata", "tags", "userData"];

export interface WorkerPortArgs {
  /** Name of the cluster, in the tags of all objects. */
  clusterName: string;
  /** Network of the port, which names the subnet. */
  network: NetworkAttachment;
  /** Machine of the worker. */
  machine: MachineSettings;
  /** Arguments of the worker's server. */
  server: ReturnType<typeof serverArgs>;
  /** Replacement of the pool's machines. @default all at once */
  rollout?: Rollout;
}

/** Port of a worker. To the engine it is the same as openstack.networking.Port, of whose outputs a pool reads one. */
export class WorkerPort extends pulumi.CustomResource {
  declare readonly allFixedIps: pulumi.Output<string[]>;

  constructor(name: string, args: openstack.networking.PortArgs, opts: pulumi.CustomResourceOptions) {
    const options = pulumi.mergeOptions({ version: PLUGIN_VERSION }, opts);
    super("openstack:networking/port:Port", name, { allFixedIps: undefined, ...args }, options);
  }
}

/**
 * Makes the port of a worker. A port serves one machine at a time, and a worker's successor is made before it goes. So whatever recreates
 * the server recreates its port, and the new port recreates the server.
 */
export function workerPort(
  name: string,
  { server, rollout, ...args }: WorkerPortArgs,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): WorkerPort {
  const lost = replacementTrigger(opts.parent, name).replacementTrigger ?? "";
  const wanted = pulumi.all([lost, recreating(server)]).apply((all) => JSON.stringify(all));
  return new WorkerPort(name, portArgs({ ...args, securityGroupIds: args.network.securityGroupIds ?? [] }), {
    ...opts,
    replacementTrigger: rollout ? rollout.ofPort(name, wanted) : wanted,
  });
}

/**
 * Returns the id of a port. That of one which was not created is an id that no port has, so that its server fails, too, and not the program:
 * after a failed program, Pulumi would delete nothing.
 */
export function portId(port: WorkerPort): pulumi.Output<string> {
  return pulumi.recover(port.id, () => "00000000-0000-0000-0000-000000000000");
}

/** Returns the arguments of a server whose change recreates it. */
function recreating(server: WorkerPortArgs["server"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(server).filter(([property]) => !KEEPING.includes(property)));
}
