/** Resources with a quota that clusters use: each with its name for users, and what to do with less of it. */
export const RESOURCES = {
  instances: { title: "instances", instead: "have fewer nodes" },
  cores: { title: "cores", instead: "have fewer nodes or smaller flavors" },
  ram: { title: "MiB of RAM", instead: "have fewer nodes or smaller flavors" },
  serverGroups: { title: "server groups", instead: "delete some that nobody uses" },
  serverGroupMembers: { title: "members of one server group", instead: "have fewer nodes in it" },
  networks: { title: "networks", instead: "adopt one that exists" },
  subnets: { title: "subnets", instead: "adopt one that exists" },
  routers: { title: "routers", instead: "adopt a network that exists" },
  ports: { title: "ports", instead: "have fewer nodes" },
  floatingIps: { title: "floating IPs", instead: "release some that nobody uses" },
  securityGroups: { title: "security groups", instead: "delete some that nobody uses" },
  securityGroupRules: { title: "security group rules", instead: "name fewer networks in allowedCidrs" },
  volumes: { title: "volumes", instead: "give volumes to fewer machines" },
  gigabytes: { title: "GiB of volumes", instead: "have smaller volumes" },
  loadBalancers: { title: "load balancers", instead: "take another type of apiEndpoint" },
} as const;

export type Resource = keyof typeof RESOURCES;

/** Amount of each resource. */
export type Amounts = Record<Resource, number>;

/** Limit and use of a resource in a project. A limit of -1 is unlimited. */
export interface Limit {
  limit: number;
  used: number;
}

/** Known limits. */
export type Limits = Partial<Record<Resource, Limit>>;

/** Receives the resources that cannot be checked, and why. */
export type OnUnknown = (resources: readonly Resource[], reason: unknown) => void;
