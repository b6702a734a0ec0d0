import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { providerSettings } from "../../lib/api-endpoint/load-balancer.ts";
import type { LoadBalancerEndpointSettings, LoadBalancerMonitor } from "../../lib/api-endpoint/settings.ts";
import { defined } from "../../lib/defined.ts";
import { API_PORT } from "../../lib/kubeadm/init.ts";
import { clusterTags } from "../openstack/machine.ts";
import type { Endpoint } from "./arguments.ts";
import { floatingIpOn } from "./floating-ip.ts";
import type { EndpointPlan } from "./plan.ts";

/** Timeout of an idle connection in milliseconds. A watch can be idle for ten minutes and more. */
const IDLE_TIMEOUT = 3_600_000;

/** Health monitor: seconds between two checks and for an answer, and successes or failures in a row that change a status. */
const MONITOR = { delay: 5, timeout: 3, maxRetries: 2, maxRetriesDown: 2 };

/** Further settings of a health monitor by its type. */
const REQUESTS: Record<LoadBalancerMonitor, Readonly<Record<string, string>>> = {
  HTTPS: { httpMethod: "GET", urlPath: "/readyz", expectedCodes: "200" },
  TCP: {},
};

/** Settings that would recreate the load balancer, and so change the address at which nodes reach the API. */
const FIXED = ["loadbalancerProvider", "flavorId", "availabilityZone"];

/**
 * Makes a load balancer in the nodes' network, which sends connections to the control planes that are ready. What its provider cannot do is
 * left out. Octavia's API does not tell the cloud's default provider, but the load balancer tells the provider that it has.
 */
export function loadBalancerEndpoint(plan: EndpointPlan, settings: LoadBalancerEndpointSettings): Endpoint {
  const { name, parent, clusterName } = plan;
  const { subnetId, cidr, nodeCidrs = [] } = plan.network!;
  const { allowedCidrs, provider, flavorId, zone } = settings;
  const tags = clusterTags(clusterName);
  const given = defined({ loadbalancerProvider: provider, flavorId, availabilityZone: zone });
  const balancer = new openstack.loadbalancer.LoadBalancer(
    name,
    { vipSubnetId: subnetId, tags, ...given },
    { parent, ignoreChanges: FIXED },
  );
  const { algorithm, monitor, filters } = pulumi.output(
    balancer.loadbalancerProvider.apply((actual) => providerSettings(settings, actual)),
  );
  // Nodes connect from their own networks. Sorted, as Octavia lists them, so that a refresh shows no difference.
  const clients = [...new Set([...allowedCidrs, cidr, ...nodeCidrs])].sort();
  const listener = new openstack.loadbalancer.Listener(
    name,
    {
      loadbalancerId: balancer.id,
      protocol: "TCP",
      protocolPort: API_PORT,
      allowedCidrs: filters.apply((can) => (can ? clients : [])),
      timeoutClientData: IDLE_TIMEOUT,
      timeoutMemberData: IDLE_TIMEOUT,
      tags,
    },
    { parent },
  );
  const pool = new openstack.loadbalancer.Pool(name, { listenerId: listener.id, protocol: "TCP", lbMethod: algorithm }, { parent });
  // Octavia deletes monitor and members with their pool. It refuses to delete the load balancer before its listeners and pools.
  const inPool = { parent, deletedWith: pool };
  const request = (setting: string) => monitor.apply((type) => REQUESTS[type][setting]);
  new openstack.loadbalancer.Monitor(
    name,
    {
      poolId: pool.id,
      type: monitor,
      httpMethod: request("httpMethod"),
      urlPath: request("urlPath"),
      expectedCodes: request("expectedCodes"),
      ...MONITOR,
    } as openstack.loadbalancer.MonitorArgs,
    inPool,
  );
  if (plan.backends) {
    const members = pulumi
      .output(plan.backends)
      .apply((backends) => backends.map(({ address }) => ({ address, protocolPort: API_PORT, subnetId })));
    new openstack.loadbalancer.Members(name, { poolId: pool.id, members }, inPool);
  }
  const floatingIp = (settings.floatingIp ?? true) ? floatingIpOn(plan, settings, balancer.vipPortId) : undefined;
  return { host: floatingIp?.address ?? balancer.vipAddress, nodeHost: balancer.vipAddress, port: API_PORT };
}
