import type * as pulumi from "@pulumi/pulumi";
import { cloudInit } from "../lib/cloud-init.ts";
import { CloudLookups } from "./cloud-lookups.ts";
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

/** The arguments that servers of all roles have in common, with image and flavor looked up once for all. */
export function serverArgs({ machine, clusterName, ssh }: ServerArgs, parent: pulumi.Resource) {
  const cloud = new CloudLookups(parent);
  return {
    imageId: cloud.image(machine.image),
    flavorId: cloud.flavor(machine.flavor),
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
