import { DEFAULT_MEMBERS } from "../../lib/etcd/rules.ts";
import {
  apiCidrs,
  bastionRules,
  controlPlaneRules,
  type NetworkShape,
  nodeAccess,
  nodeRules,
  type SecurityRule,
} from "../../lib/network/security-rules.ts";
import { nodeKeys } from "../../lib/pool/node-keys.ts";

/** The part of a MachineArgs that quotas look at. */
interface Machine {
  flavor: unknown;
  volume?: { size: number };
  serverGroup?: object;
}

/** The part of a cluster's arguments that quotas look at. */
export interface QuotaArgs {
  network: NetworkShape & { adopt?: { routerId?: unknown }; router?: unknown; externalNetwork?: unknown };
  apiEndpoint: { type: string; allowedCidrs: readonly string[]; floatingIp?: boolean };
  controlPlane: { count?: number; machine: Machine };
  etcd?: { topology?: string; members?: number; machine?: Machine; dataVolume?: { size: number } };
  pools?: Readonly<Record<string, { count?: number; without?: string[]; machine?: Machine; imported?: unknown; network?: unknown }>>;
  ssh?: {
    port?: number;
    allowedCidrs?: readonly string[];
    bastion?: { host?: unknown; machine?: Machine; allowedCidrs?: readonly string[] };
  };
}

/** A server that a cluster is to have. */
export interface WantedServer {
  /** Its name; OpenStack's may have a generated suffix. */
  name: string;
  /** Name or id of its flavor, unless that becomes known only later. */
  flavor: string | undefined;
  /** Sizes of its volumes in GiB, the one that it boots from first. */
  volumes: readonly number[];
  /** Whether its port is made before it, and not by Nova with it. */
  hasOwnPort: boolean;
}

/** A server group that a cluster is to have. */
export interface WantedGroup {
  name: string;
  members: number;
}

/** Everything in OpenStack that a cluster is to have. */
export interface Wanted {
  servers: readonly WantedServer[];
  serverGroups: readonly WantedGroup[];
  /** Ports beside those of servers that are tagged with the cluster's name: a virtual address. */
  addressPorts: number;
  /** Networks of the cluster's own, each with a subnet. */
  networks: number;
  routers: number;
  /** Links of a router with a subnet. */
  routerInterfaces: number;
  floatingIps: number;
  /** Rules that let traffic in, by security group. */
  securityGroups: readonly (readonly SecurityRule[])[];
  loadBalancers: number;
}

/** Servers that are alike. */
interface Role {
  name: string;
  keys: readonly string[];
  machine: Machine;
  hasOwnPorts: boolean;
  /** Size of another volume of each, in GiB. */
  dataVolume?: number;
  /** Whether several are put apart when nothing is said. */
  isSpread: boolean;
}

/** Everything that a cluster is to have in OpenStack, from its arguments. */
export function wantedOf(clusterName: string, args: QuotaArgs): Wanted {
  const roles = rolesOf(clusterName, args);
  const { type } = args.apiEndpoint;
  const bastion = args.ssh?.bastion?.machine;
  return {
    servers: [...roles.flatMap(serversOf), ...(bastion ? [serverOf(`${clusterName}-bastion`, bastion, true)] : [])],
    serverGroups: roles.flatMap(groupOf),
    addressPorts: type === "vip" ? 1 : 0,
    ...networksOf(args.network),
    floatingIps: (isPublic(args) ? 1 : 0) + (bastion ? 1 : 0),
    securityGroups: securityGroupsOf(args),
    loadBalancers: type === "octavia" ? 1 : 0,
  };
}

function networksOf({ adopt, router }: QuotaArgs["network"]): Pick<Wanted, "networks" | "routers" | "routerInterfaces"> {
  if (adopt) return { networks: 0, routers: 0, routerInterfaces: adopt.routerId === undefined ? 0 : 1 };
  return { networks: 1, routers: router === undefined ? 1 : 0, routerInterfaces: 1 };
}

/** Whether the API's endpoint has a floating IP of the cluster's own. */
function isPublic({ apiEndpoint: { type, floatingIp = true }, network }: QuotaArgs): boolean {
  return type === "floatingIp" || (type !== "external" && floatingIp && network.externalNetwork !== undefined);
}

function rolesOf(clusterName: string, { controlPlane, etcd, pools = {} }: QuotaArgs): Role[] {
  const { count = 1, machine } = controlPlane;
  const controlPlanes = { name: `${clusterName}-control-plane`, keys: nodeKeys({ count }), machine, hasOwnPorts: true, isSpread: true };
  const members = etcd?.topology === "external" && etcd.machine ? [membersOf(clusterName, etcd, etcd.machine)] : [];
  const workers = Object.entries(pools).flatMap(([pool, { count, without = [], machine }]) =>
    // Imported nodes are machines that exist already.
    machine && count !== undefined
      ? [{ name: `${clusterName}-${pool}`, keys: nodeKeys({ count, without }), machine, hasOwnPorts: false, isSpread: false }]
      : [],
  );
  return [controlPlanes, ...members, ...workers];
}

function membersOf(clusterName: string, { members = DEFAULT_MEMBERS, dataVolume }: NonNullable<QuotaArgs["etcd"]>, machine: Machine): Role {
  const role = { name: `${clusterName}-etcd`, keys: nodeKeys({ count: members }), machine, hasOwnPorts: true, isSpread: true };
  return dataVolume ? { ...role, dataVolume: dataVolume.size } : role;
}

function serversOf({ name, keys, machine, hasOwnPorts, dataVolume }: Role): WantedServer[] {
  return keys.map((key) => serverOf(`${name}-${key}`, machine, hasOwnPorts, dataVolume));
}

function serverOf(name: string, { flavor, volume }: Machine, hasOwnPort: boolean, dataVolume?: number): WantedServer {
  const volumes = [volume?.size, dataVolume].filter((size) => size !== undefined);
  return { name, flavor: typeof flavor === "string" ? flavor : undefined, volumes, hasOwnPort };
}

function groupOf({ name, keys, machine, isSpread }: Role): WantedGroup[] {
  const { serverGroup = isSpread && keys.length > 1 ? {} : undefined } = machine;
  return serverGroup === undefined || "id" in serverGroup ? [] : [{ name, members: keys.length }];
}

function securityGroupsOf({ network, apiEndpoint, pools, ssh = {} }: QuotaArgs): SecurityRule[][] {
  const { port = 22, allowedCidrs = apiEndpoint.allowedCidrs, bastion } = ssh;
  // Through a bastion of its own nobody comes from outside.
  const access = nodeAccess(network, pools);
  const apiNetworks = apiCidrs(apiEndpoint.allowedCidrs, access);
  const groups = [nodeRules(access, port), controlPlaneRules(apiNetworks, bastion?.machine ? [] : allowedCidrs, port)];
  return bastion?.machine ? [...groups, bastionRules(bastion.allowedCidrs ?? allowedCidrs, port)] : groups;
}
