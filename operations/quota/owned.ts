import type { OpenStack } from "../../clients/openstack/client.ts";
import type { Owned, OwnedServer } from "./needs.ts";
import type { OnUnknown, Resource } from "./resources.ts";
import type { Wanted } from "./wanted.ts";

/** Server in Nova's listing. */
interface Server {
  name: string;
  flavor: { original_name: string; vcpus: number; ram: number };
  "os-extended-volumes:volumes_attached"?: unknown[];
}

/**
 * Lists the objects with a cluster's tag. Kinds of objects that the cluster does not want are not requested. Calls `onUnknown` with the
 * resources of objects that the cloud refuses to list; without servers nothing can be said.
 */
export async function ownedOf(cloud: OpenStack, clusterName: string, wanted: Wanted, onUnknown: OnUnknown): Promise<Owned> {
  const tags = `caravan-cluster=${clusterName}`;
  const tagged = (path: string, fields = "id") => cloud.list<Record<string, unknown>>("network", path, { tags, fields });
  const when = async <T>(isWanted: boolean | number, resources: readonly Resource[], ask: () => Promise<T[]>): Promise<T[]> => {
    if (!isWanted) return [];
    return ask().catch((reason) => {
      onUnknown(resources, reason);
      return [];
    });
  };
  const [servers, serverGroups, networks, subnets, routers, ports, floatingIps, securityGroups, loadBalancers] = await Promise.all([
    cloud.list<Server>("compute", "/servers/detail", { tags }),
    when(wanted.serverGroups.length, ["serverGroups"], () => cloud.list<{ name: string }>("compute", "/os-server-groups")),
    when(wanted.networks, ["networks"], () => tagged("/networks")),
    when(wanted.networks, ["subnets", "ports"], () => tagged("/subnets")),
    when(wanted.routers, ["routers"], () => tagged("/routers")),
    when(true, ["ports"], () => tagged("/ports")),
    when(wanted.floatingIps, ["floatingIps"], () => tagged("/floatingips")),
    when(true, ["securityGroups", "securityGroupRules"], () => tagged("/security-groups", "security_group_rules")),
    when(wanted.loadBalancers, ["loadBalancers", "ports"], () => cloud.list("loadBalancer", "/loadbalancers", { tags })),
  ]);
  return {
    servers: servers.map(serverOf),
    serverGroups: serverGroups.map(({ name }) => name),
    networks: networks.length,
    subnets: subnets.length,
    routers: routers.length,
    ports: ports.length,
    floatingIps: floatingIps.length,
    securityGroups: securityGroups.length,
    securityGroupRules: securityGroups.flatMap(ingressRules).length,
    loadBalancers: loadBalancers.length,
  };
}

function serverOf({ name, flavor: { original_name, vcpus, ram }, ...server }: Server): OwnedServer {
  return { name, flavor: { name: original_name, vcpus, ram }, volumes: server["os-extended-volumes:volumes_attached"]?.length ?? 0 };
}

function ingressRules({ security_group_rules: rules }: Record<string, unknown>): unknown[] {
  return ((rules ?? []) as { direction: string }[]).filter(({ direction }) => direction === "ingress");
}
