import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { associate, makeFloatingIp } from "../openstack/floating-ip.ts";
import type { Endpoint } from "./arguments.ts";
import type { EndpointPlan } from "./plan.ts";

/** Makes a floating IP on the first control plane. Nodes reach the API without it, at the control plane's own address. */
export function floatingIpEndpoint(plan: EndpointPlan): Endpoint {
  const { name, parent, floatingIpPool, backends, network } = plan;
  const floatingIp = makeFloatingIp(name, plan, floatingIpPool!, parent);
  if (backends) {
    const firstPort = pulumi.output(backends).apply(([first]) => first!.portId);
    associate(name, floatingIp, firstPort, network?.ready, parent);
  }
  return { host: floatingIp.address, sshHost: floatingIp.address };
}

/** Makes a floating IP on a port of the nodes' network; none without a pool in the plan. */
export function floatingIpOn(plan: EndpointPlan, port: pulumi.Input<string>): openstack.networking.FloatingIp | undefined {
  const { name, parent, floatingIpPool, network } = plan;
  if (floatingIpPool === undefined) return undefined;
  const floatingIp = makeFloatingIp(name, plan, floatingIpPool, parent);
  associate(name, floatingIp, port, network?.ready, parent);
  return floatingIp;
}
