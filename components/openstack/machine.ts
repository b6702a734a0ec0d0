import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { cloudInit } from "../../lib/node/cloud-init.ts";
import { CLUSTER_METADATA, POOL_METADATA, type ServerGroupPolicy } from "../../lib/node/machine.ts";
import { CloudLookups } from "./cloud-lookups.ts";

/** The volume that a server boots from, made from its image and deleted with it. */
export interface VolumeArgs {
  /** Size in GiB, a whole number from 1 to 2147483647 (Nova's limit). */
  size: number;
  /** Volume type. @default Cinder's default type */
  type?: pulumi.Input<string>;
}

/** How servers are spread over the cloud's compute hosts: by a new group of their own, or by one that exists. */
export type ServerGroupArgs =
  | {
      /** The soft policies are kept as far as there are hosts; with the others, Nova refuses a server that has no place. */
      policy: ServerGroupPolicy;
    }
  | {
      /** Id of a server group. */
      id: pulumi.Input<string>;
    };

/**
 * What an OpenStack server is made from. It means the same wherever it stands.
 * Workers are made anew when image, zone, volume or server group change; machines with etcd keep theirs until they are replaced.
 */
export interface MachineArgs {
  /** Name or id of the image. */
  image: pulumi.Input<string>;
  /** Name or id of the flavor; changed in place. */
  flavor: pulumi.Input<string>;
  /** Availability zone. @default Nova chooses */
  zone?: pulumi.Input<string>;
  /** Volume to boot from. @default the flavor's local disk */
  volume?: VolumeArgs;
  /**
   * Server group. OpenStack's quota of a group's members (server_group_members) is 10 unless the cloud raised it.
   * @default soft-anti-affinity for several machines with etcd, none for workers
   */
  serverGroup?: ServerGroupArgs;
  /** Tags beside the library's own, at most 49 of 60 characters (Nova's limits); changed in place. @default none */
  tags?: string[];
  /** Metadata beside the library's own, keys and values of at most 255 characters (Nova's limits); changed in place. @default none */
  metadata?: Record<string, string>;
}

/** What every server of a component shares. */
export interface ServerArgs {
  machine: MachineArgs;
  /** Name of the cluster, kept in each server's metadata. */
  clusterName: string;
  /** Name of the pool of workers, kept likewise. @default none */
  pool?: string;
  /** The key pair that servers are made with. */
  ssh: { keypair: pulumi.Input<string> };
}

/** What a component decides for its servers. */
export interface ServerDefaults {
  /** Name of the server group, if there is one. */
  name: string;
  /** Policy of the server group when the machine says nothing. @default no group */
  serverGroup?: ServerGroupPolicy;
}

/** The properties of a server that must not change under a machine with state: each makes it anew, or lays its disk down afresh. */
export const STATEFUL_PROPERTIES = ["imageId", "blockDevices", "schedulerHints", "availabilityZone", "userData", "keyPair"];

/** The arguments that servers of all roles have in common, with image and flavor looked up once for all. */
export function serverArgs({ machine, clusterName, pool, ssh }: ServerArgs, parent: pulumi.Resource, defaults: ServerDefaults) {
  const cloud = new CloudLookups(parent);
  const group = serverGroup(machine, parent, defaults);
  return {
    ...disk(cloud.image(machine.image), machine.volume),
    flavorId: cloud.flavor(machine.flavor),
    keyPair: ssh.keypair,
    userData: cloudInit(),
    metadata: { ...machine.metadata, [CLUSTER_METADATA]: clusterName, ...(pool === undefined ? {} : { [POOL_METADATA]: pool }) },
    tags: [...clusterTags(clusterName), ...(machine.tags ?? [])],
    ...(machine.zone === undefined ? {} : { availabilityZone: machine.zone }),
    ...(group === undefined ? {} : { schedulerHints: [{ group }] }),
  };
}

/** Tags by which everything of a cluster is found: `openstack server list --tags caravan-cluster=NAME`. */
export function clusterTags(clusterName: string): string[] {
  return [`caravan-cluster=${clusterName}`];
}

function disk(image: pulumi.Output<string>, volume: VolumeArgs | undefined) {
  if (volume === undefined) return { imageId: image };
  return {
    blockDevices: [
      {
        sourceType: "image",
        uuid: image,
        destinationType: "volume",
        volumeSize: volume.size,
        ...(volume.type === undefined ? {} : { volumeType: volume.type }),
        bootIndex: 0,
        deleteOnTermination: true,
      },
    ],
  };
}

/** Id of the group that the servers belong to, which is made if need be. */
function serverGroup({ serverGroup }: MachineArgs, parent: pulumi.Resource, defaults: ServerDefaults): pulumi.Input<string> | undefined {
  if (serverGroup && "id" in serverGroup) return serverGroup.id;
  const policy = serverGroup?.policy ?? defaults.serverGroup;
  return policy && new openstack.compute.ServerGroup(defaults.name, { policies: [policy] }, { parent }).id;
}
