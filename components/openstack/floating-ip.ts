import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../engine/gate.ts";
import type { ExternalNetwork } from "./cloud-lookups.ts";
import { clusterTags } from "./machine.ts";
import { type MarkArgs, markedDescription } from "./mark.ts";

/**
 * Makes a floating IP of an external network. The plugin knows the network by its name only, and takes the first network that has it. So
 * the id goes into the request as well, where it replaces what the plugin has found. A floating IP keeps its network for good: another
 * name of the network would otherwise recreate the address.
 */
export function makeFloatingIp(
  name: string,
  owner: MarkArgs,
  network: pulumi.Input<ExternalNetwork>,
  parent: pulumi.Resource,
): openstack.networking.FloatingIp {
  const { id, name: pool } = pulumi.output(network);
  return new openstack.networking.FloatingIp(
    name,
    { pool, valueSpecs: { floating_network_id: id }, ...markedDescription(owner, name), tags: clusterTags(owner.clusterName) },
    { parent, ignoreChanges: ["description", "pool", "valueSpecs"] },
  );
}

/**
 * Associates a floating IP with a port. Returns the address, which is known when that is done. The association waits until the port's
 * network is ready, because Neutron refuses ports that no router reaches.
 */
export function associate(
  name: string,
  floatingIp: openstack.networking.FloatingIp,
  port: pulumi.Input<string>,
  networkReady: pulumi.Input<unknown>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const args = { floatingIp: floatingIp.address, portId: after(port, networkReady) };
  return new openstack.networking.FloatingIpAssociate(name, args, { parent, deletedWith: floatingIp }).floatingIp;
}
