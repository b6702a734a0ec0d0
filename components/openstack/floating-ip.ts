import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { after } from "../engine/gate.ts";
import { clusterTags } from "./machine.ts";
import { type MarkArgs, markedDescription } from "./mark.ts";

/** Makes a floating IP of an external network. */
export function makeFloatingIp(
  name: string,
  owner: MarkArgs,
  pool: pulumi.Input<string>,
  parent: pulumi.Resource,
): openstack.networking.FloatingIp {
  return new openstack.networking.FloatingIp(
    name,
    { pool, ...markedDescription(owner, name), tags: clusterTags(owner.clusterName) },
    { parent, ignoreChanges: ["description"] },
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
