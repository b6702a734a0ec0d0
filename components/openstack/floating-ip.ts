import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import type { FloatingIpSettings } from "../../lib/network/settings.ts";
import { after } from "../engine/gate.ts";
import type { ExternalNetwork } from "./cloud-lookups.ts";
import { clusterTags } from "./machine.ts";
import { type MarkArgs, markedDescription } from "./mark.ts";

/** Source of a floating IP: an existing one, or an external network. */
export interface FloatingIpSource extends FloatingIpSettings {
  /** External network; needed for a new floating IP. */
  pool?: pulumi.Input<ExternalNetwork>;
}

/** Floating IP, which exists or is made. */
export interface FloatingIpPlace {
  address: pulumi.Output<string>;
  /** Resource of a new one. */
  made?: openstack.networking.FloatingIp;
}

/**
 * Makes a floating IP of an external network, or returns the existing one. The plugin knows the network by its name only, and takes the
 * first network that has it. So the id goes into the request as well, where it replaces what the plugin has found. A floating IP keeps its
 * network and its subnet for good: another name of the network would otherwise recreate the address.
 */
export function floatingIpFrom(name: string, owner: MarkArgs, source: FloatingIpSource, parent: pulumi.Resource): FloatingIpPlace {
  const { floatingIpAddress, floatingIpSubnetIds: subnetIds, pool } = source;
  if (floatingIpAddress !== undefined) return { address: pulumi.output(floatingIpAddress) };
  const network = pulumi.output(pool!);
  const made = new openstack.networking.FloatingIp(
    name,
    {
      pool: network.name,
      valueSpecs: { floating_network_id: network.id },
      ...defined({ subnetIds }),
      ...markedDescription(owner, name),
      tags: clusterTags(owner.clusterName),
    },
    { parent, ignoreChanges: ["description", "pool", "valueSpecs", "subnetIds"] },
  );
  return { address: made.address, made };
}

/**
 * Associates a floating IP with a port. Returns the address, which is known when that is done. The association waits until the port's
 * network is ready, because Neutron refuses ports that no router reaches.
 */
export function associate(
  name: string,
  { address, made }: FloatingIpPlace,
  port: pulumi.Input<string>,
  networkReady: pulumi.Input<unknown>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const args = { floatingIp: address, portId: after(port, networkReady) };
  // A port has one floating IP at a time, so an earlier one leaves it first.
  const options = { parent, deleteBeforeReplace: true, ...defined({ deletedWith: made }) };
  return new openstack.networking.FloatingIpAssociate(name, args, options).floatingIp;
}
