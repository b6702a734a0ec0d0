import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkAttachment } from "../cluster-network.ts";
import { clusterTags } from "./machine.ts";

export interface StablePortArgs {
  /** Name of the cluster, in the tags of all objects. */
  clusterName: string;
  /** Network of the port. */
  network: NetworkAttachment;
  /** Ids of the security groups of the port. */
  securityGroupIds: pulumi.Input<string>[];
}

/** Returns the address of a port. */
export function addressOf(port: openstack.networking.Port): pulumi.Output<string> {
  return port.allFixedIps.apply((ips) => ips[0]!);
}

/** Makes a port apart from its server, so that the address stays when the server is replaced. */
export function stablePort(
  name: string,
  { clusterName, network, securityGroupIds }: StablePortArgs,
  parent: pulumi.Resource,
  more: Pick<openstack.networking.PortArgs, "name" | "allowedAddressPairs"> = {},
): openstack.networking.Port {
  return new openstack.networking.Port(
    name,
    {
      networkId: network.networkId,
      fixedIps: [{ subnetId: network.subnetId }],
      securityGroupIds,
      tags: clusterTags(clusterName),
      ...more,
    },
    { parent },
  );
}
