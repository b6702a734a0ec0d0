import { isIPv4 } from "node:net";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import { clusterTags } from "./machine.ts";

export interface StablePortArgs {
  /** Name of the cluster, in the tags of all objects. */
  clusterName: string;
  /** Network of the port. */
  network: NetworkAttachment;
  /** Ids of the security groups of the machine's role. */
  securityGroupIds: pulumi.Input<string>[];
  /** Machine of the port, which may have further security groups. */
  machine: Pick<MachineSettings, "securityGroups">;
}

/** Arguments of a port in the subnet of a machine's network, with all its security groups. */
export function portArgs({ clusterName, network, securityGroupIds, machine }: StablePortArgs) {
  return {
    networkId: network.networkId,
    fixedIps: [{ subnetId: network.subnetId }],
    securityGroupIds: [...securityGroupIds, ...(machine.securityGroups ?? [])],
    tags: clusterTags(clusterName),
  };
}

/**
 * Returns the IPv4 address of a port. It is the only one, because the port names one IPv4 subnet. In a network that has IPv6 as well, Neutron
 * adds addresses of IPv6 by itself, and sorts all of them as text.
 */
export function addressOf({ allFixedIps }: { allFixedIps: pulumi.Output<string[]> }): pulumi.Output<string> {
  return allFixedIps.apply((addresses) => {
    const address = addresses.find((each) => isIPv4(each));
    if (address !== undefined) return address;
    throw new pulumi.RunError(`a port has no IPv4 address (${addresses.join(", ")}); its subnet must be one of IPv4`);
  });
}

/** Makes a port apart from its server, so that the address stays when the server is replaced. */
export function stablePort(
  name: string,
  args: StablePortArgs,
  parent: pulumi.Resource,
  more: Pick<openstack.networking.PortArgs, "name" | "allowedAddressPairs"> = {},
): openstack.networking.Port {
  return new openstack.networking.Port(name, { ...portArgs(args), ...more }, { parent });
}
