import type { OpenStack, Service } from "../../clients/openstack/client.ts";
import type { Known } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import type { LostCreate } from "./lost-create.ts";
import { hasName, hasUniqueDescription, isOwnPort, isOwnServer, isOwnVolume, isSameRule, type Listed } from "./matching.ts";

/** Resource type with how its objects are found and deleted. */
export interface Kind {
  type: string;
  /** Name for users. */
  title: string;
  service: Service;
  /** Path of the collection; the path of one object has its id appended. */
  path: string;
  /** Path of the collection that an object is in. @default `path` */
  pathOf?: (object: Listed) => string;
  /** Path of a listing with all properties. @default `path` */
  listPath?: string;
  /** Query whose result includes the objects that a lost creation may have made. */
  query: (lost: LostCreate) => Readonly<Record<string, unknown>>;
  /** Query whose result includes those of all lost creations. @default each creation has its own query */
  queryOfMany?: Readonly<Record<string, unknown>>;
  /** Returns whether an object can only be that of a lost creation of this very stack. */
  isLost: (object: Listed, lost: LostCreate, known: Known) => boolean;
  /** Deletes an object. @default a DELETE of its path */
  remove?: (cloud: OpenStack, object: Listed) => Promise<unknown>;
}

/** All kinds, in an order in which they can be deleted. */
export const KINDS: readonly Kind[] = [
  {
    type: TYPES.server,
    title: "server",
    service: "compute",
    path: "/servers",
    listPath: "/servers/detail",
    // Nova takes a regular expression as name.
    query: ({ inputs, names }) => ({ name: names?.source ?? `^${String(inputs.name).replace(/[^\w-]/g, ".")}$` }),
    queryOfMany: {},
    isLost: isOwnServer,
  },
  { ...named(TYPES.serverGroup, "server group", "/os-server-groups"), service: "compute", query: () => ({}) },
  { ...named(TYPES.volume, "volume", "/volumes"), service: "volume", listPath: "/volumes/detail", isLost: isOwnVolume },
  {
    type: TYPES.recordSet,
    title: "DNS record",
    service: "dns",
    path: "/recordsets",
    pathOf: ({ zone_id }) => `/zones/${zone_id}/recordsets`,
    query: ({ inputs }) => ({ type: "A", description: inputs.description }),
    isLost: hasUniqueDescription,
  },
  { ...named(TYPES.monitor, "health monitor", "/healthmonitors"), service: "loadBalancer" },
  { ...named(TYPES.pool, "load balancer's pool", "/pools"), service: "loadBalancer" },
  { ...named(TYPES.listener, "listener", "/listeners"), service: "loadBalancer" },
  { ...named(TYPES.loadBalancer, "load balancer", "/loadbalancers"), service: "loadBalancer" },
  {
    type: TYPES.floatingIp,
    title: "floating IP",
    service: "network",
    path: "/floatingips",
    query: ({ inputs }) => ({ description: inputs.description }),
    isLost: hasUniqueDescription,
  },
  {
    type: TYPES.routerInterface,
    title: "router interface",
    service: "network",
    path: "/ports",
    query: ({ inputs }) => ({ device_id: inputs.routerId, fixed_ips: `subnet_id=${inputs.subnetId}` }),
    isLost: (_interface, { inputs }, { own }) => own.has(String(inputs.routerId)) || own.has(String(inputs.subnetId)),
    remove: (cloud, { id, device_id }) => cloud.request("network", "PUT", `/routers/${device_id}/remove_router_interface`, { port_id: id }),
  },
  {
    ...named(TYPES.port, "port", "/ports"),
    query: ({ inputs }) => ({ name: inputs.name, network_id: inputs.networkId }),
    isLost: isOwnPort,
  },
  named(TYPES.router, "router", "/routers"),
  {
    ...named(TYPES.subnet, "subnet", "/subnets"),
    query: ({ inputs }) => ({ name: inputs.name, network_id: inputs.networkId }),
    isLost: (subnet, lost, { own }) => hasName(subnet, lost, own.has(String(lost.inputs.networkId))),
  },
  named(TYPES.network, "network", "/networks"),
  {
    type: TYPES.securityGroupRule,
    title: "security group rule",
    service: "network",
    path: "/security-group-rules",
    query: ({ inputs }) => ({ security_group_id: inputs.securityGroupId }),
    isLost: (rule, { inputs }, { own }) => own.has(String(inputs.securityGroupId)) && isSameRule(rule, inputs),
  },
  named(TYPES.securityGroup, "security group", "/security-groups"),
];

/** Makes a kind whose objects are recognized by nothing but their generated name. */
function named(type: string, title: string, path: string): Kind {
  return {
    type,
    title,
    service: "network",
    path,
    query: ({ inputs }) => ({ name: inputs.name }),
    isLost: (object, lost) => hasName(object, lost, false),
  };
}
