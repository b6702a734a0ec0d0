import type { AnyOf } from "../../lib/any-of.ts";
import type { ApiEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { DEFAULT_MEMBERS } from "../../lib/etcd/rules.ts";
import type { EtcdMembersSettings } from "../../lib/etcd/settings.ts";
import { apiCidrs, bastionRules, controlPlaneRules, nodeAccess, nodeRules, type SecurityRule } from "../../lib/network/security-rules.ts";
import type { NetworkSettings } from "../../lib/network/settings.ts";
import type { MachineSettings } from "../../lib/node/machine-settings.ts";
import { nodeKeys } from "../../lib/pool/node-keys.ts";
import { sshCidrs } from "../../lib/ssh/allowed-cidrs.ts";
import { ownBastion } from "../../lib/ssh/own-bastion.ts";

/** Server that a cluster should have. */
export interface WantedServer {
  /** Name. In OpenStack it may have a generated suffix. */
  name: string;
  /** Name or id of the flavor; `undefined` when it becomes known only later. */
  flavor: string | undefined;
  /** Sizes of the volumes in GiB, the boot volume first. */
  volumes: readonly number[];
  /** True for a port that is created before the server, and not by Nova with it. */
  hasOwnPort: boolean;
}

/** Server group that a cluster should have. */
export interface WantedGroup {
  name: string;
  members: number;
}

/** Objects in OpenStack that a cluster should have. */
export interface Wanted {
  servers: readonly WantedServer[];
  serverGroups: readonly WantedGroup[];
  /** Tagged ports beside those of servers: a virtual address has one. */
  addressPorts: number;
  /** Networks of the cluster's own, each with one subnet. */
  networks: number;
  routers: number;
  /** Interfaces of a router in a subnet. */
  routerInterfaces: number;
  floatingIps: number;
  /** Rules that let traffic in, by security group. */
  securityGroups: readonly (readonly SecurityRule[])[];
  loadBalancers: number;
}

/** Group of like servers. */
interface Role {
  name: string;
  keys: readonly string[];
  machine: MachineSettings;
  hasOwnPorts: boolean;
  /** Size of each server's data volume in GiB. */
  dataVolume?: number;
  /** True when several servers get a server group by default. */
  isSpread: boolean;
}

/** Derives from its arguments what a cluster should have in OpenStack. */
export function wantedOf(clusterName: string, args: KubernetesClusterArgs): Wanted {
  const roles = rolesOf(clusterName, args);
  const { type } = args.apiEndpoint;
  const bastion = ownBastion(args.ssh);
  return {
    servers: [...roles.flatMap(serversOf), ...(bastion ? [serverOf(`${clusterName}-bastion`, bastion.machine, true)] : [])],
    serverGroups: roles.flatMap(groupOf),
    addressPorts: type === "vip" ? 1 : 0,
    ...networksOf(args.network),
    floatingIps: (isPublic(args) ? 1 : 0) + (bastion && bastion.floatingIpAddress === undefined ? 1 : 0),
    securityGroups: securityGroupsOf(args),
    loadBalancers: type === "octavia" ? 1 : 0,
  };
}

function networksOf({ adopt, router }: AnyOf<NetworkSettings>): Pick<Wanted, "networks" | "routers" | "routerInterfaces"> {
  if (adopt) return { networks: 0, routers: 0, routerInterfaces: adopt.routerId === undefined ? 0 : 1 };
  return { networks: 1, routers: router === undefined ? 1 : 0, routerInterfaces: 1 };
}

/** Returns whether the API's endpoint has a new floating IP. */
function isPublic({ apiEndpoint, network }: KubernetesClusterArgs): boolean {
  const { type, floatingIp = true, floatingIpAddress }: AnyOf<ApiEndpointSettings> = apiEndpoint;
  if (floatingIpAddress !== undefined) return false;
  return type === "floatingIp" || (type !== "external" && floatingIp && network.externalNetwork !== undefined);
}

function rolesOf(clusterName: string, { controlPlane, etcd, network, pools = {} }: KubernetesClusterArgs): Role[] {
  const { count = 1, machine } = controlPlane;
  const controlPlanes = { name: `${clusterName}-control-plane`, keys: nodeKeys({ count }), machine, hasOwnPorts: true, isSpread: true };
  const members = etcd?.topology === "external" ? [membersOf(clusterName, etcd)] : [];
  const workers = Object.entries(pools).flatMap(([name, pool]) =>
    "imported" in pool
      ? []
      : [
          {
            name: `${clusterName}-${name}`,
            keys: nodeKeys(pool),
            machine: pool.machine,
            hasOwnPorts: pool.network !== undefined || hasWorkerPorts(network),
            isSpread: false,
          },
        ],
  );
  return [controlPlanes, ...members, ...workers];
}

/** Returns whether the ports of workers in the nodes' network are made before their servers. */
function hasWorkerPorts({ adopt, workerPorts = true }: AnyOf<NetworkSettings>): boolean {
  return adopt !== undefined && workerPorts;
}

function membersOf(clusterName: string, { members = DEFAULT_MEMBERS, dataVolume, machine }: EtcdMembersSettings): Role {
  const role = { name: `${clusterName}-etcd`, keys: nodeKeys({ count: members }), machine, hasOwnPorts: true, isSpread: true };
  return dataVolume ? { ...role, dataVolume: dataVolume.size } : role;
}

function serversOf({ name, keys, machine, hasOwnPorts, dataVolume }: Role): WantedServer[] {
  return keys.map((key) => serverOf(`${name}-${key}`, machine, hasOwnPorts, dataVolume));
}

function serverOf(name: string, { flavor, volume }: MachineSettings, hasOwnPort: boolean, dataVolume?: number): WantedServer {
  const volumes = [volume?.size, dataVolume].filter((size) => size !== undefined);
  return { name, flavor: typeof flavor === "string" ? flavor : undefined, volumes, hasOwnPort };
}

function groupOf({ name, keys, machine, isSpread }: Role): WantedGroup[] {
  const { serverGroup } = machine;
  const hasOwn = serverGroup ? !("id" in serverGroup) : isSpread && keys.length > 1;
  return !hasOwn ? [] : [{ name, members: keys.length }];
}

function securityGroupsOf(args: KubernetesClusterArgs): SecurityRule[][] {
  const { network, apiEndpoint, pools, ssh = {} } = args;
  const { port = 22 } = ssh;
  const open = sshCidrs(args);
  const access = nodeAccess(network, pools);
  const apiNetworks = apiCidrs(apiEndpoint.allowedCidrs, access);
  const groups = [nodeRules(access, port), controlPlaneRules(apiNetworks, open.controlPlanes, port)];
  return ownBastion(args.ssh) ? [...groups, bastionRules(open.bastion, port)] : groups;
}
