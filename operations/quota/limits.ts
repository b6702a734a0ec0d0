import type { OpenStack } from "../../clients/openstack/client.ts";
import type { Limits, Resource } from "./resources.ts";

/** Source of the limits of some resources. */
interface Source {
  resources: readonly Resource[];
  ask: (cloud: OpenStack) => Promise<Limits>;
}

const SOURCES: readonly Source[] = [
  { resources: ["instances", "cores", "ram", "keyPairs", "serverGroups", "serverGroupMembers"], ask: computeLimits },
  { resources: ["networks", "subnets", "routers", "ports", "floatingIps", "securityGroups", "securityGroupRules"], ask: networkLimits },
  { resources: ["volumes", "gigabytes"], ask: volumeLimits },
  { resources: ["loadBalancers"], ask: loadBalancerLimit },
];

/**
 * Returns the limits of these resources, and of others from the same requests. Calls `onUnknown` with the resources whose limits are not
 * known.
 */
export async function limitsOf(
  cloud: OpenStack,
  resources: readonly Resource[],
  onUnknown: (resources: Resource[], reason: unknown) => void,
): Promise<Limits> {
  const limits = SOURCES.map(async (source): Promise<Limits> => {
    const needed = source.resources.filter((resource) => resources.includes(resource));
    if (needed.length === 0) return {};
    return source.ask(cloud).catch((reason) => {
      onUnknown(needed, reason);
      return {};
    });
  });
  return Object.assign({}, ...(await Promise.all(limits)));
}

/** Requests Nova's limits. Key pairs belong to the user, not to the project, and are listed because Nova does not tell their number. */
async function computeLimits(cloud: OpenStack): Promise<Limits> {
  const [absolute, keyPairs] = await Promise.all([absoluteLimits(cloud, "compute"), cloud.list("compute", "/os-keypairs")]);
  return {
    instances: { limit: absolute.maxTotalInstances!, used: absolute.totalInstancesUsed! },
    cores: { limit: absolute.maxTotalCores!, used: absolute.totalCoresUsed! },
    ram: { limit: absolute.maxTotalRAMSize!, used: absolute.totalRAMUsed! },
    keyPairs: { limit: absolute.maxTotalKeypairs!, used: keyPairs.length },
    serverGroups: { limit: absolute.maxServerGroups!, used: absolute.totalServerGroupsUsed! },
    serverGroupMembers: { limit: absolute.maxServerGroupMembers!, used: 0 },
  };
}

async function networkLimits(cloud: OpenStack): Promise<Limits> {
  type Detail = { limit: number; used: number; reserved: number };
  const path = `/quotas/${cloud.projectId}/details.json`;
  const { quota } = await cloud.request<{ quota: Record<string, Detail> }>("network", "GET", path);
  const of = (name: string) => ({ limit: quota[name]!.limit, used: quota[name]!.used + quota[name]!.reserved });
  return {
    networks: of("network"),
    subnets: of("subnet"),
    routers: of("router"),
    ports: of("port"),
    floatingIps: of("floatingip"),
    securityGroups: of("security_group"),
    securityGroupRules: of("security_group_rule"),
  };
}

async function volumeLimits(cloud: OpenStack): Promise<Limits> {
  const absolute = await absoluteLimits(cloud, "volume");
  return {
    volumes: { limit: absolute.maxTotalVolumes!, used: absolute.totalVolumesUsed! },
    gigabytes: { limit: absolute.maxTotalVolumeGigabytes!, used: absolute.totalGigabytesUsed! },
  };
}

/** Requests Octavia's limit, and counts the project's load balancers, because Octavia does not tell their number. */
async function loadBalancerLimit(cloud: OpenStack): Promise<Limits> {
  type Answer = { quota: { load_balancer: number } };
  const [{ quota }, loadBalancers] = await Promise.all([
    cloud.request<Answer>("loadBalancer", "GET", `/quotas/${cloud.projectId}`),
    cloud.list("loadBalancer", "/loadbalancers", { project_id: cloud.projectId }),
  ]);
  return { loadBalancers: { limit: quota.load_balancer, used: loadBalancers.length } };
}

async function absoluteLimits(cloud: OpenStack, service: "compute" | "volume"): Promise<Record<string, number>> {
  const { limits } = await cloud.request<{ limits: { absolute: Record<string, number> } }>(service, "GET", "/limits");
  return limits.absolute;
}
