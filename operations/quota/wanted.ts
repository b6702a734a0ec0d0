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
import type { OwnBastionSettings } from "../../lib/ssh/settings.ts";

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
  machine: MachineSettings;
  hasOwnPorts: boolean;
  /** Size of another volume of each, in GiB. */
  dataVolume?: number;
  /** Whether several are put apart when nothing is said. */
  isSpread: boolean;
}

/** Everything that a cluster is to have in OpenStack, from its arguments. */
export function wantedOf(clusterName: string, args: KubernetesClusterArgs): Wanted {
  const roles = rolesOf(clusterName, args);
  const { type } = args.apiEndpoint;
  const bastion = ownBastion(args)?.machine;
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

function networksOf({ adopt, router }: AnyOf<NetworkSettings>): Pick<Wanted, "networks" | "routers" | "routerInterfaces"> {
  if (adopt) return { networks: 0, routers: 0, routerInterfaces: adopt.routerId === undefined ? 0 : 1 };
  return { networks: 1, routers: router === undefined ? 1 : 0, routerInterfaces: 1 };
}

/** Whether the API's endpoint has a floating IP of the cluster's own. */
function isPublic({ apiEndpoint, network }: KubernetesClusterArgs): boolean {
  const { type, floatingIp = true }: AnyOf<ApiEndpointSettings> = apiEndpoint;
  return type === "floatingIp" || (type !== "external" && floatingIp && network.externalNetwork !== undefined);
}

function rolesOf(clusterName: string, { controlPlane, etcd, pools = {} }: KubernetesClusterArgs): Role[] {
  const { count = 1, machine } = controlPlane;
  const controlPlanes = { name: `${clusterName}-control-plane`, keys: nodeKeys({ count }), machine, hasOwnPorts: true, isSpread: true };
  const members = etcd?.topology === "external" ? [membersOf(clusterName, etcd)] : [];
  const workers = Object.entries(pools).flatMap(([name, pool]) =>
    "imported" in pool
      ? []
      : [{ name: `${clusterName}-${name}`, keys: nodeKeys(pool), machine: pool.machine, hasOwnPorts: false, isSpread: false }],
  );
  return [controlPlanes, ...members, ...workers];
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

/** The bastion of the cluster's own, if there is one. */
function ownBastion({ ssh }: KubernetesClusterArgs): OwnBastionSettings | undefined {
  return ssh?.bastion && "machine" in ssh.bastion ? ssh.bastion : undefined;
}

function securityGroupsOf(args: KubernetesClusterArgs): SecurityRule[][] {
  const { network, apiEndpoint, pools, ssh = {} } = args;
  const { port = 22 } = ssh;
  const open = sshCidrs(args);
  const access = nodeAccess(network, pools);
  const apiNetworks = apiCidrs(apiEndpoint.allowedCidrs, access);
  const groups = [nodeRules(access, port), controlPlaneRules(apiNetworks, open.controlPlanes, port)];
  return ownBastion(args) ? [...groups, bastionRules(open.bastion, port)] : groups;
}
