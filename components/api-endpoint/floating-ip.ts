import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import type { FloatingIpSettings } from "../../lib/network/settings.ts";
import { associate, type FloatingIpPlace, floatingIpFrom } from "../openstack/floating-ip.ts";
import type { Endpoint } from "./arguments.ts";
import type { EndpointPlan } from "./plan.ts";

/** Makes a floating IP on the first control plane. Nodes reach the API without it, at the control plane's own address. */
export function floatingIpEndpoint(plan: EndpointPlan, settings: FloatingIpSettings): Endpoint {
  const { name, parent, backends, network } = plan;
  const floatingIp = floatingIpFrom(name, plan, sourceOf(plan, settings), parent);
  if (backends) {
    const firstPort = pulumi.output(backends).apply(([first]) => first!.portId);
    associate(name, floatingIp, firstPort, network?.ready, parent);
  }
  return { host: floatingIp.address, sshHost: floatingIp.address };
}

/** Makes a floating IP on a port of the nodes' network; none without a pool in the plan and without an existing one. */
export function floatingIpOn(plan: EndpointPlan, settings: FloatingIpSettings, port: pulumi.Input<string>): FloatingIpPlace | undefined {
  const { name, parent, floatingIpPool, network } = plan;
  if (floatingIpPool === undefined && settings.floatingIpAddress === undefined) return undefined;
  const floatingIp = floatingIpFrom(name, plan, sourceOf(plan, settings), parent);
  associate(name, floatingIp, port, network?.ready, parent);
  return floatingIp;
}

function sourceOf({ floatingIpPool }: EndpointPlan, { floatingIpAddress, floatingIpSubnetIds }: FloatingIpSettings) {
  return defined({ pool: floatingIpPool, floatingIpAddress, floatingIpSubnetIds });
}
