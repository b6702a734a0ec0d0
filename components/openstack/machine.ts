import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { cloudInit } from "../../lib/node/cloud-init.ts";
import { CLUSTER_METADATA, POOL_METADATA } from "../../lib/node/machine.ts";
import type { MachineSettings, ServerGroupPolicy, VolumeSettings } from "../../lib/node/machine-settings.ts";
import { CloudLookups } from "./cloud-lookups.ts";

/** Arguments that all servers of a component share. */
export interface ServerArgs {
  machine: MachineSettings;
  /** Name of the cluster, in each server's metadata. */
  clusterName: string;
  /** Name of the pool of workers, in each server's metadata. @default none */
  pool?: string;
  /** Key pair of the servers. */
  ssh: { keypair: pulumi.Input<string> };
}

/** Settings that a component decides for its servers. */
export interface ServerDefaults {
  /** Name of the server group, if one is made. */
  name: string;
  /** Policy of the server group when the machine's settings have none. @default no group */
  serverGroup?: ServerGroupPolicy;
}

/** Properties of a server that must not change on a machine with state: a change would recreate the server or rebuild its disk. */
export const STATEFUL_PROPERTIES = ["imageId", "blockDevices", "schedulerHints", "availabilityZone", "userData", "keyPair"];

/** Makes the arguments that servers of all roles share. Image and flavor are looked up once for all servers. */
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
    ...defined({ availabilityZone: machine.zone, schedulerHints: group === undefined ? undefined : [{ group }] }),
  };
}

/** Makes the tags of all objects of a cluster. They find its objects: `openstack server list --tags caravan-cluster=NAME`. */
export function clusterTags(clusterName: string): string[] {
  return [`caravan-cluster=${clusterName}`];
}

function disk(image: pulumi.Output<string>, volume: VolumeSettings | undefined) {
  if (volume === undefined) return { imageId: image };
  return {
    blockDevices: [
      {
        sourceType: "image",
        uuid: image,
        destinationType: "volume",
        volumeSize: volume.size,
        ...defined({ volumeType: volume.type }),
        bootIndex: 0,
        deleteOnTermination: true,
      },
    ],
  };
}

/** Returns the id of the servers' group: an existing one, one that is made here, or none. */
function serverGroup(
  { serverGroup }: MachineSettings,
  parent: pulumi.Resource,
  defaults: ServerDefaults,
): pulumi.Input<string> | undefined {
  if (serverGroup && "id" in serverGroup) return serverGroup.id;
  const policy = serverGroup?.policy ?? defaults.serverGroup;
  return policy && new openstack.compute.ServerGroup(defaults.name, { policies: [policy] }, { parent }).id;
}
