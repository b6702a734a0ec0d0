import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { cloudInit } from "../lib/cloud-init.ts";
import type { SshAccess } from "./ssh-access.ts";

/** What an OpenStack server is made from. It means the same wherever it stands. */
export interface MachineArgs {
  /** Name or id of the image. Workers are made anew when it changes; control planes keep theirs until they are replaced. */
  image: pulumi.Input<string>;
  /** Name or id of the flavor; changed in place. */
  flavor: pulumi.Input<string>;
  /** Availability zone. @default Nova chooses */
  zone?: pulumi.Input<string>;
}

/** What every server of a component shares. */
export interface ServerArgs {
  machine: MachineArgs;
  /** Name of the cluster, kept in each server's metadata. */
  clusterName: string;
  ssh: SshAccess;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The arguments that servers of all roles have in common, with image and flavor looked up once for all. */
export function serverArgs({ machine, clusterName, ssh }: ServerArgs, parent: pulumi.Resource) {
  return {
    imageId: lookUp(machine.image, (name) => imageId(name, { parent })),
    flavorId: lookUp(machine.flavor, (name) => flavorId(name, { parent })),
    keyPair: ssh.keypair,
    userData: cloudInit(),
    metadata: { "caravan-cluster": clusterName },
    tags: clusterTags(clusterName),
    ...(machine.zone === undefined ? {} : { availabilityZone: machine.zone }),
  };
}

/** Tags by which everything of a cluster is found: `openstack server list --tags caravan-cluster=NAME`. */
export function clusterTags(clusterName: string): string[] {
  return [`caravan-cluster=${clusterName}`];
}

/** An external network, by its name or id. */
export function externalNetwork(network: pulumi.Input<string>, parent: pulumi.Resource): pulumi.Output<{ id: string; name: string }> {
  return pulumi.output(network).apply(async (text) => {
    const query = UUID.test(text) ? { networkId: text } : { name: text };
    const found = await openstack.networking
      .getNetwork({ ...query, external: true }, { parent })
      .catch((error) => unknown("external network", text, "openstack network list --external", error));
    return { id: found.id, name: found.name ?? text };
  });
}

function lookUp(nameOrId: pulumi.Input<string>, find: (name: string) => Promise<string>): pulumi.Output<string> {
  return pulumi.output(nameOrId).apply(async (text) => (UUID.test(text) ? text : find(text)));
}

function imageId(name: string, options: pulumi.InvokeOptions): Promise<string> {
  return openstack.images.getImage({ name }, options).then(
    ({ id }) => id,
    (error) => unknown("image", name, "openstack image list", error),
  );
}

async function flavorId(name: string, options: pulumi.InvokeOptions): Promise<string> {
  const byName = await openstack.compute.getFlavor({ name }, options).catch(() => undefined);
  if (byName) return byName.id;
  return openstack.compute.getFlavor({ flavorId: name }, options).then(
    ({ id }) => id,
    (error) => unknown("flavor", name, "openstack flavor list", error),
  );
}

function unknown(kind: string, name: string, list: string, cause: Error): never {
  throw new NotUsable(`${kind} "${name}" cannot be used: give the name or id of one that \`${list}\` shows (${firstLine(cause)})`);
}

/** An error that Pulumi shows once and without a stack. */
class NotUsable extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    // Each resource that uses what was looked up would prefix the message of this one error with its property.
    Object.defineProperty(this, "message", { get: () => message, set: () => {} });
  }
}

/** What the provider said, without the names of its functions. */
function firstLine(error: Error): string {
  const [, said = error.message] = /\* (.*)/.exec(error.message) ?? [];
  return said.replace(/\s+/g, " ").slice(0, 200).trim();
}
