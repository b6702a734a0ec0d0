import * as openstack from "@pulumi/openstack";
import type { VirtualAddressEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../../lib/control-plane/virtual-address.ts";
import { clusterTags } from "../openstack/machine.ts";
import { floatingIpOn } from "./floating-ip.ts";
import type { EndpointKind, EndpointPlan } from "./kind.ts";

/** An address that no machine has for itself: a port without a machine keeps Neutron from giving it to one. */
export function virtualAddressEndpoint(plan: EndpointPlan, args: VirtualAddressEndpointSettings): EndpointKind {
  const { networkId, subnetId } = plan.network!;
  const port = new openstack.networking.Port(
    plan.name,
    {
      networkId,
      fixedIps: [{ subnetId, ...(args.address === undefined ? {} : { ipAddress: args.address }) }],
      noSecurityGroups: true,
      tags: clusterTags(plan.clusterName),
    },
    { parent: plan.parent },
  );
  const address = port.allFixedIps.apply((ips) => ips[0]!);
  const floatingIp = (args.floatingIp ?? true) ? floatingIpOn(plan, port.id) : undefined;
  return {
    endpoint: {
      host: floatingIp?.address ?? address,
      nodeHost: address,
      port: args.port ?? DEFAULT_VIRTUAL_ADDRESS_PORT,
      virtualAddress: address,
    },
  };
}
