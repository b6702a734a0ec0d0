import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import { API_PORT } from "../../lib/kubeadm/init.ts";
import { clusterTags } from "../openstack/machine.ts";
import type { Endpoint } from "./arguments.ts";
import { floatingIpOn } from "./floating-ip.ts";
import type { EndpointPlan } from "./plan.ts";

/** Timeout of an idle connection in milliseconds. A watch can be idle for ten minutes and more. */
const IDLE_TIMEOUT = 3_600_000;

/** Health monitor: seconds between two checks and for an answer, and successes or failures in a row that change a status. */
const MONITOR = { delay: 5, timeout: 3, maxRetries: 2, maxRetriesDown: 2 };

/** Makes a load balancer in the nodes' network, which sends connections to the control planes that are ready. */
export function loadBalancerEndpoint(plan: EndpointPlan, { allowedCidrs }: LoadBalancerEndpointSettings): Endpoint {
  const { name, parent, clusterName } = plan;
  const { subnetId, cidr } = plan.network!;
  const tags = clusterTags(clusterName);
  const balancer = new openstack.loadbalancer.LoadBalancer(name, { vipSubnetId: subnetId, tags }, { parent });
  const listener = new openstack.loadbalancer.Listener(
    name,
    {
      loadbalancerId: balancer.id,
      protocol: "TCP",
      protocolPort: API_PORT,
      // Nodes connect from their own network. Sorted, as Octavia lists them, so that a refresh shows no difference.
      allowedCidrs: [...new Set([...allowedCidrs, cidr])].sort(),
      timeoutClientData: IDLE_TIMEOUT,
      timeoutMemberData: IDLE_TIMEOUT,
      tags,
    },
    { parent },
  );
  const pool = new openstack.loadbalancer.Pool(
    name,
    { listenerId: listener.id, protocol: "TCP", lbMethod: "LEAST_CONNECTIONS" },
    { parent },
  );
  // Octavia deletes monitor and members with their pool. It refuses to delete the load balancer before its listeners and pools.
  const inPool = { parent, deletedWith: pool };
  new openstack.loadbalancer.Monitor(
    name,
    { poolId: pool.id, type: "HTTPS", httpMethod: "GET", urlPath: "/readyz", expectedCodes: "200", ...MONITOR },
    inPool,
  );
  if (plan.backends) {
    const members = pulumi
      .output(plan.backends)
      .apply((backends) => backends.map(({ address }) => ({ address, protocolPort: API_PORT, subnetId })));
    new openstack.loadbalancer.Members(name, { poolId: pool.id, members }, inPool);
  }
  const floatingIp = floatingIpOn(plan, balancer.vipPortId);
  return { host: floatingIp?.address ?? balancer.vipAddress, nodeHost: balancer.vipAddress, port: API_PORT };
}
