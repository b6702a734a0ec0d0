import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { clusterTags } from "../openstack/machine.ts";
import { markedDescription } from "../openstack/mark.ts";
import type { EndpointKind, EndpointPlan } from "./kind.ts";

/** A floating IP on the first control plane, which nodes reach without it. */
export function floatingIpEndpoint(plan: EndpointPlan): EndpointKind {
  const floatingIp = makeFloatingIp(plan);
  return {
    endpoint: { host: floatingIp.address, sshHost: floatingIp.address },
    forwardTo: ([first], ready) => {
      if (first) leadTo(plan, floatingIp, first.id, ready);
    },
  };
}

/** A floating IP of the plan's pool on a port of the nodes' network; none without a pool. */
export function floatingIpOn(plan: EndpointPlan, portId: pulumi.Input<string>): openstack.networking.FloatingIp | undefined {
  if (plan.floatingIpPool === undefined) return undefined;
  const floatingIp = makeFloatingIp(plan);
  leadTo(plan, floatingIp, portId, plan.network?.ready);
  return floatingIp;
}

function makeFloatingIp(plan: EndpointPlan): openstack.networking.FloatingIp {
  return new openstack.networking.FloatingIp(
    plan.name,
    { pool: plan.floatingIpPool!, ...markedDescription(plan, plan.name), tags: clusterTags(plan.clusterName) },
    { parent: plan.parent, ignoreChanges: ["description"] },
  );
}

function leadTo(
  { name, parent }: EndpointPlan,
  floatingIp: openstack.networking.FloatingIp,
  port: pulumi.Input<string>,
  ready: pulumi.Input<unknown>,
): void {
  // Neutron associates only what its router reaches.
  const portId = pulumi.all([port, ready]).apply(([id]) => id);
  new openstack.networking.FloatingIpAssociate(name, { floatingIp: floatingIp.address, portId }, { parent, deletedWith: floatingIp });
}
