import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { cloudInit } from "../../lib/node/cloud-init.ts";
import { CLUSTER_METADATA, POOL_METADATA, STACK_METADATA } from "../../lib/node/machine.ts";
import type { MachineSettings, ServerGroupPolicy, VolumeSettings } from "../../lib/node/machine-settings.ts";
import { topologyLabels, zoneOf } from "../../lib/node/zones.ts";
import { CloudLookups } from "./cloud-lookups.ts";

/** Arguments that all servers of a component share. */
export interface ServerArgs {
  machine: MachineSettings;
  /** Name of the cluster, in each server's metadata. */
  clusterName: string;
  /** Name of the pool of workers, in each server's metadata. @default none */
  pool?: string;
  /** Unique id of a resource of this stack, in each server's metadata. It identifies the orphan of a failed creation. @default none */
  mark?: pulumi.Input<string>;
  /** Public key of the servers' SSH users. */
  ssh: { publicKey: pulumi.Input<string> };
}

/** Settings that a component decides for its servers. */
export interface ServerDefaults {
  /** Name of the server group, if one is made. */
  name: string;
  /** Policy of the server group when the machine's settings have none. @default no group */
  serverGroup?: ServerGroupPolicy;
}

/** Properties of a server for its creation alone: those of its first boot, and its zone. Nova cannot change them, so a change recreates no server. */
export const FIRST_BOOT_PROPERTIES = ["userData", "keyPair", "availabilityZone"];

/** Properties of a server that must not change on a machine with state: a change would recreate the server or rebuild its disk. */
export const STATEFUL_PROPERTIES = ["imageId", "blockDevices", "schedulerHints", "configDrive", ...FIRST_BOOT_PROPERTIES];

/** Makes the arguments that servers of all roles share. Image and flavor are looked up once for all servers. */
export function serverArgs({ machine, clusterName, pool, mark, ssh }: ServerArgs, parent: pulumi.Resource, defaults: ServerDefaults) {
  const cloud = new CloudLookups(parent);
  const group = serverGroup(machine, parent, defaults);
  return {
    ...disk(cloud.image(machine.image), machine.volume),
    flavorId: cloud.flavor(machine.flavor),
    // The public key is no secret. As a secret, as in the contract of another stack's pools, it would hide the server in every plan.
    userData: pulumi.unsecret(pulumi.output(ssh.publicKey).apply(cloudInit)),
    metadata: { ...machine.metadata, [CLUSTER_METADATA]: clusterName, ...defined({ [POOL_METADATA]: pool, [STACK_METADATA]: mark }) },
    tags: [...clusterTags(clusterName), ...(machine.tags ?? [])],
    ...defined({ configDrive: machine.configDrive, schedulerHints: group === undefined ? undefined : [{ group }] }),
  };
}

/** Makes the argument of a server with its own availability zone, if zones are given. */
export function zoneArgs({ availabilityZones }: MachineSettings, key: number): { availabilityZone?: pulumi.Input<string> } {
  return defined({ availabilityZone: zoneOf(availabilityZones, key) });
}

/** Returns the labels of a node that tell the zone and the region of its server. Labels that the user sets win. */
export function topologyOf(
  { availabilityZone, region }: Record<"availabilityZone" | "region", pulumi.Output<string>>,
  own?: Readonly<Record<string, string>>,
): pulumi.Output<string> {
  return pulumi.all([availabilityZone, region]).apply(([zone, place]) => topologyLabels({ zone, region: place }, own));
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
