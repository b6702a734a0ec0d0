import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { cloudInit } from "../../lib/node/cloud-init.ts";
import { CLUSTER_METADATA, POOL_METADATA } from "../../lib/node/machine.ts";
import type { MachineSettings, ServerGroupPolicy, VolumeSettings } from "../../lib/node/machine-settings.ts";
import { CloudLookups } from "./cloud-lookups.ts";

/** What every server of a component shares. */
export interface ServerArgs {
  machine: MachineSettings;
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
    ...defined({ availabilityZone: machine.zone, schedulerHints: group === undefined ? undefined : [{ group }] }),
  };
}

/** Tags by which everything of a cluster is found: `openstack server list --tags caravan-cluster=NAME`. */
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

/** Id of the group that the servers belong to, which is made if need be. */
function serverGroup(
  { serverGroup }: MachineSettings,
  parent: pulumi.Resource,
  defaults: ServerDefaults,
): pulumi.Input<string> | undefined {
  if (serverGroup && "id" in serverGroup) return serverGroup.id;
  const policy = serverGroup?.policy ?? defaults.serverGroup;
  return policy && new openstack.compute.ServerGroup(defaults.name, { policies: [policy] }, { parent }).id;
}
