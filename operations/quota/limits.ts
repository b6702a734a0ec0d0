import type { OpenStack } from "../../clients/openstack/client.ts";
import type { Limits, OnUnknown, Resource } from "./resources.ts";

/** Source of the limits of some resources. */
interface Source {
  resources: readonly Resource[];
  ask: (cloud: OpenStack, absolute: AbsoluteLimits) => Promise<Limits>;
}

/** Function that requests the limits of a service in Nova's form, which Cinder shares; each once. */
type AbsoluteLimits = (service: "compute" | "volume") => Promise<Record<string, number>>;

const SOURCES: readonly Source[] = [
  { resources: ["instances", "cores", "ram", "serverGroups", "serverGroupMembers"], ask: computeLimits },
  { resources: ["networks", "subnets", "routers", "ports", "floatingIps", "securityGroups", "securityGroupRules"], ask: networkLimits },
  { resources: ["volumes", "gigabytes"], ask: volumeLimits },
  { resources: ["loadBalancers"], ask: loadBalancerLimit },
];

/**
 * Returns the limits of these resources, and of others from the same requests. Calls `onUnknown` with the resources whose limits are not
 * known.
 */
export async function limitsOf(cloud: OpenStack, resources: readonly Resource[], onUnknown: OnUnknown): Promise<Limits> {
  const absolute = absoluteLimits(cloud);
  const limits = SOURCES.map(async (source): Promise<Limits> => {
    const needed = source.resources.filter((resource) => resources.includes(resource));
    if (needed.length === 0) return {};
    return source.ask(cloud, absolute).then(
      (answer) => knownLimits(answer, needed, onUnknown),
      (reason) => {
        onUnknown(needed, reason);
        return {};
      },
    );
  });
  return Object.assign({}, ...(await Promise.all(limits)));
}

/** Leaves out the limits that an answer does not have: older releases and smaller clouds return fewer. */
function knownLimits(answer: Limits, needed: readonly Resource[], onUnknown: OnUnknown): Limits {
  const isKnown = (resource: Resource) => answer[resource] !== undefined && Number.isFinite(answer[resource].limit + answer[resource].used);
  const unknown = needed.filter((resource) => !isKnown(resource));
  if (unknown.length > 0) onUnknown(unknown, "the cloud does not return it");
  return Object.fromEntries(Object.entries(answer).filter(([resource]) => isKnown(resource as Resource)));
}

async function computeLimits(_: OpenStack, absoluteLimits: AbsoluteLimits): Promise<Limits> {
  const absolute = await absoluteLimits("compute");
  return {
    instances: { limit: absolute.maxTotalInstances!, used: absolute.totalInstancesUsed! },
    cores: { limit: absolute.maxTotalCores!, used: absolute.totalCoresUsed! },
    ram: { limit: absolute.maxTotalRAMSize!, used: absolute.totalRAMUsed! },
    serverGroups: { limit: absolute.maxServerGroups!, used: absolute.totalServerGroupsUsed! },
    serverGroupMembers: { limit: absolute.maxServerGroupMembers!, used: 0 },
  };
}

async function networkLimits(cloud: OpenStack): Promise<Limits> {
  type Detail = { limit: number; used: number; reserved: number };
  const path = `/quotas/${cloud.projectId}/details.json`;
  const { quota } = await cloud.request<{ quota: Record<string, Detail> }>("network", "GET", path);
  const of = (name: string) => {
    const { limit = Number.NaN, used = Number.NaN, reserved = 0 }: Partial<Detail> = quota[name] ?? {};
    return { limit, used: used + reserved };
  };
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

async function volumeLimits(_: OpenStack, absoluteLimits: AbsoluteLimits): Promise<Limits> {
  const absolute = await absoluteLimits("volume");
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

function absoluteLimits(cloud: OpenStack): AbsoluteLimits {
  const asked = new Map<string, Promise<Record<string, number>>>();
  return (service) => {
    type Answer = { limits: { absolute: Record<string, number> } };
    const answer = asked.get(service) ?? cloud.request<Answer>(service, "GET", "/limits").then(({ limits }) => limits.absolute);
    asked.set(service, answer);
    return answer;
  };
}
