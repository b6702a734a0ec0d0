import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import type { DataVolumeSettings } from "../../lib/etcd/settings.ts";
import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import { zoneOf, zoneWithoutHost } from "../../lib/node/zones.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import { after } from "../engine/gate.ts";
import { CloudLookups } from "../openstack/cloud-lookups.ts";
import { STATEFUL_PROPERTIES, serverArgs, zoneArgs } from "../openstack/machine.ts";
import { type MarkArgs, markedDescription } from "../openstack/mark.ts";
import { addressOf, stablePort } from "../openstack/stable-port.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";

export interface EtcdMachinesArgs extends MarkArgs {
  /** Machine of each member. */
  machine: MachineSettings;
  /**
   * Volume for each member's data, which stays when its machine is replaced. When volumes are added or removed later, members join again
   * with empty data, one after another.
   * @default the machine's disk
   */
  dataVolume?: DataVolumeSettings;
  /** Network of the machines. */
  network: NetworkAttachment;
  /** Ids of the security groups of the machines' ports. */
  securityGroupIds: pulumi.Input<string>[];
  /** SSH access to the machines. */
  ssh: SshAccess;
}

/** Name, port and address of a member. They stay when its machine is replaced. */
export interface EtcdPlace {
  name: string;
  address: pulumi.Output<string>;
  port: openstack.networking.Port;
}

/** Machine of a member. */
export interface EtcdMachine {
  server: openstack.compute.Instance;
  /** Id of the data volume, known once it is attached. */
  volumeId?: pulumi.Output<string>;
}

/** Makes the port of a member. */
export function etcdPlace(name: string, args: EtcdMachinesArgs, parent: pulumi.Resource): EtcdPlace {
  const port = stablePort(name, args, parent, { name });
  return { name, port, address: addressOf(port) };
}

/**
 * Returns a function that makes the machine of a member, and a data volume if one is configured, which outlives the machine. The member's
 * ordinal selects its zone.
 */
export function etcdMachineMaker(name: string, args: EtcdMachinesArgs, parent: pulumi.Resource) {
  const common = serverArgs(args, parent, { name, serverGroup: "soft-anti-affinity" });
  const { machine, network, dataVolume } = args;
  const volumeZone = dataVolume && volumeZones(args, parent);
  return (place: EtcdPlace, ordinal: number, waitsFor: pulumi.Input<pulumi.Resource[]>): EtcdMachine => {
    const port = after(place.port.id, network.ready);
    const server = new openstack.compute.Instance(
      place.name,
      { ...common, ...zoneArgs(machine, ordinal), name: place.name, networks: [{ port }] },
      // Only an explicit replacement may delete the data. A port serves one machine at a time.
      { parent, ignoreChanges: STATEFUL_PROPERTIES, deleteBeforeReplace: true, dependsOn: waitsFor },
    );
    const volume = dataVolume && { ...dataVolume, ...defined({ availabilityZone: volumeZone?.(ordinal) }) };
    const volumeId = volume && attachedVolume(`${place.name}-data`, server, volume, args, parent);
    return { server, ...defined({ volumeId }) };
  };
}

/** Volume of one member. */
type DataVolume = Pick<DataVolumeSettings, "size" | "type"> & { availabilityZone?: pulumi.Input<string> };

/** Returns a function that returns the zone of a member's volume: one that is given, or that of the machine if Cinder has it. */
function volumeZones({ machine, dataVolume }: EtcdMachinesArgs, parent: pulumi.Resource) {
  const { availabilityZones: given } = dataVolume!;
  const known = !given && machine.availabilityZones && new CloudLookups(parent).volumeZones();
  return (ordinal: number): pulumi.Input<string> | undefined => {
    if (!known) return zoneOf(given, ordinal);
    const wanted = pulumi.output(zoneOf(machine.availabilityZones, ordinal)!).apply(zoneWithoutHost);
    return pulumi.all([wanted, known]).apply(([zone, zones]) => (zones.includes(zone) ? zone : undefined)) as pulumi.Output<string>;
  };
}

function attachedVolume(
  name: string,
  server: openstack.compute.Instance,
  { size, type, availabilityZone }: DataVolume,
  owner: MarkArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const volume = new openstack.blockstorage.Volume(
    name,
    // Cinder's volumes have no tags.
    {
      name,
      size,
      ...defined({ volumeType: type, availabilityZone }),
      enableOnlineResize: true,
      ...markedDescription(owner, name),
      metadata: { [CLUSTER_METADATA]: owner.clusterName },
    },
    // Another type or zone would recreate the volume, and all members would lose their data at once.
    { parent, ignoreChanges: ["description", "volumeType", "availabilityZone"] },
  );
  // Pulumi never detaches the volume: Nova does when the server is deleted, and the plugin when the volume is. A detachment before a
  // replacement would fail on a broken server, and take the disk away from a running etcd.
  const options = { parent, retainOnDelete: true };
  return new openstack.compute.VolumeAttach(name, { instanceId: server.id, volumeId: volume.id }, options).volumeId;
}
