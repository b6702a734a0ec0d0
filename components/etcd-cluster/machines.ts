import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import type { DataVolumeSettings } from "../../lib/etcd/settings.ts";
import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import { after } from "../engine/gate.ts";
import { STATEFUL_PROPERTIES, serverArgs } from "../openstack/machine.ts";
import { type MarkArgs, markedDescription } from "../openstack/mark.ts";
import { addressOf, stablePort } from "../openstack/stable-port.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";

export interface EtcdMachinesArgs extends MarkArgs {
  /** What each is made from. */
  machine: MachineSettings;
  /** Availability zones, given to the members in turn. @default that of the machine */
  zones?: pulumi.Input<string>[];
  /**
   * A volume for each member's data, which stays when its machine is replaced. When volumes come later or go, members join anew with empty
   * data, one after another.
   * @default the machine's disk
   */
  dataVolume?: DataVolumeSettings;
  /** Where the machines are put. */
  network: NetworkAttachment;
  /** Ids of the security groups of their ports. */
  securityGroupIds: pulumi.Input<string>[];
  /** How the machines are reached. */
  ssh: SshAccess;
}

/** Where a member is, whichever machine it runs on. */
export interface EtcdPlace {
  name: string;
  address: pulumi.Output<string>;
  port: openstack.networking.Port;
}

/** A member's machine. */
export interface EtcdMachine {
  server: openstack.compute.Instance;
  /** Id of the volume for its data, once it is attached. */
  volumeId?: pulumi.Output<string>;
}

/** Makes the port of a member. */
export function etcdPlace(name: string, args: EtcdMachinesArgs, parent: pulumi.Resource): EtcdPlace {
  const port = stablePort(name, args, parent, { name });
  return { name, port, address: addressOf(port) };
}

/** Gives what makes the machine, and perhaps a volume that outlives it, for the member with some ordinal; it waits for what it is told. */
export function etcdMachineMaker(name: string, args: EtcdMachinesArgs, parent: pulumi.Resource) {
  const common = serverArgs(args, parent, { name, serverGroup: "soft-anti-affinity" });
  const { zones = [], network, dataVolume } = args;
  return (place: EtcdPlace, ordinal: number, waitsFor: pulumi.Input<pulumi.Resource[]>): EtcdMachine => {
    const port = after(place.port.id, network.ready);
    const zone = defined({ availabilityZone: zones[ordinal % zones.length] });
    const server = new openstack.compute.Instance(
      place.name,
      { ...common, ...zone, name: place.name, networks: [{ port }] },
      // Nothing but an explicit replacement may take the data away, and a port serves one machine at a time.
      { parent, ignoreChanges: STATEFUL_PROPERTIES, deleteBeforeReplace: true, dependsOn: waitsFor },
    );
    const volumeId = dataVolume && attachedVolume(`${place.name}-data`, server, dataVolume, args, parent);
    return { server, ...defined({ volumeId }) };
  };
}

function attachedVolume(
  name: string,
  server: openstack.compute.Instance,
  { size, type }: DataVolumeSettings,
  owner: MarkArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const volume = new openstack.blockstorage.Volume(
    name,
    // Cinder's volumes have no tags.
    {
      name,
      size,
      ...defined({ volumeType: type }),
      enableOnlineResize: true,
      ...markedDescription(owner, name),
      metadata: { [CLUSTER_METADATA]: owner.clusterName },
    },
    // Another type would make it anew, and all members lose their data at once.
    { parent, ignoreChanges: ["description", "volumeType"] },
  );
  // Never detached on its own: Nova does that when the server goes, and the plugin when the volume does. Before the server is replaced,
  // a broken one would refuse, and a running etcd would lose its disk.
  const options = { parent, retainOnDelete: true };
  return new openstack.compute.VolumeAttach(name, { instanceId: server.id, volumeId: volume.id }, options).volumeId;
}
