import * as openstack from "@pulumi/openstack";
import type { VirtualAddressEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../../lib/control-plane/virtual-address.ts";
import { defined } from "../../lib/defined.ts";
import { clusterTags } from "../openstack/machine.ts";
import { addressOf } from "../openstack/stable-port.ts";
import type { Endpoint } from "./arguments.ts";
import { floatingIpOn } from "./floating-ip.ts";
import type { EndpointPlan } from "./plan.ts";

/** Makes a virtual address. A port without a machine reserves it, so that Neutron gives it to no machine. */
export function virtualAddressEndpoint(plan: EndpointPlan, args: VirtualAddressEndpointSettings): Endpoint {
  const { networkId, subnetId } = plan.network!;
  const port = new openstack.networking.Port(
    plan.name,
    {
      networkId,
      fixedIps: [defined({ subnetId, ipAddress: args.address })],
      noSecurityGroups: true,
      tags: clusterTags(plan.clusterName),
    },
    { parent: plan.parent },
  );
  const address = addressOf(port);
  const floatingIp = (args.floatingIp ?? true) ? floatingIpOn(plan, args, port.id) : undefined;
  return {
    host: floatingIp?.address ?? address,
    nodeHost: address,
    port: args.port ?? DEFAULT_VIRTUAL_ADDRESS_PORT,
    virtualAddress: address,
  };
}
