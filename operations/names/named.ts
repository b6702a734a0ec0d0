import type { AnyOf } from "../../lib/any-of.ts";
import type { ApiEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import type { EtcdSettings } from "../../lib/etcd/settings.ts";
import { isId } from "../../lib/ids.ts";
import type { FloatingIpSettings, NetworkSettings } from "../../lib/network/settings.ts";
import type { MachineSettings, ServerGroupSettings } from "../../lib/node/machine-settings.ts";
import { zoneWithoutHost } from "../../lib/node/zones.ts";
import { ownBastion } from "../../lib/ssh/own-bastion.ts";
import type { KindName } from "./kinds.ts";

/** Something in OpenStack that a property names, by a value that is known now. */
export interface Named {
  property: string;
  kind: KindName;
  value: string;
}

/** Kinds that Pulumi's plugin looks up by name itself before anything is made. */
const OF_PLUGIN: readonly KindName[] = ["image", "flavor", "externalNetwork", "dnsZone"];

/** Returns whether Pulumi's plugin looks something up: of images, flavors and DNS zones, it takes ids as they are. */
export function isOfPlugin({ kind, value }: Named): boolean {
  return OF_PLUGIN.includes(kind) && (kind === "externalNetwork" || !isId(value));
}

/** Returns what a cluster names in OpenStack. A value that becomes known only in a run is left out. */
export function namedIn(args: KubernetesClusterArgs): Named[] {
  const { apiEndpoint, controlPlane, etcd, pools = {}, ssh } = args;
  const members: AnyOf<EtcdSettings> = etcd ?? {};
  const given: (readonly [property: string, kind: KindName, value: unknown])[] = [
    ...networkNames(args.network),
    ...floatingIpNames("apiEndpoint", apiEndpoint as AnyOf<ApiEndpointSettings>),
    ["apiEndpoint.dns.zone", "dnsZone", apiEndpoint.dns?.zone],
    ...loadBalancerNames(apiEndpoint),
    ...machineNames("controlPlane.machine", controlPlane.machine),
    ...machineNames("etcd.machine", members.machine),
    ["etcd.dataVolume.type", "volumeType", members.dataVolume?.type],
    ...each("etcd.dataVolume.availabilityZones", "volumeZone", members.dataVolume?.availabilityZones),
    ...machineNames("ssh.bastion.machine", ownBastion(ssh)?.machine),
    ...floatingIpNames("ssh.bastion", ownBastion(ssh) ?? {}),
    ...Object.entries(pools).flatMap(([pool, settings]) =>
      "imported" in settings
        ? []
        : [
            ...machineNames(`pools.${pool}.machine`, settings.machine),
            [`pools.${pool}.network.networkId`, "network", settings.network?.networkId] as const,
            [`pools.${pool}.network.subnetId`, "subnet", settings.network?.subnetId] as const,
          ],
    ),
  ];
  return given.flatMap(([property, kind, value]) => (typeof value === "string" ? [{ property, kind, value }] : []));
}

function loadBalancerNames({ type, provider, flavorId, zone }: AnyOf<ApiEndpointSettings>) {
  if (type !== "octavia") return [];
  return [
    ["apiEndpoint.provider", "loadBalancerProvider", provider],
    ["apiEndpoint.flavorId", "loadBalancerFlavor", flavorId],
    ["apiEndpoint.zone", "loadBalancerZone", zone],
  ] as const;
}

/** Names each value of a list. */
function each(at: string, kind: KindName, values: readonly unknown[] = []) {
  return values.map((value, place) => [`${at}[${place}]`, kind, value] as const);
}

function networkNames({ externalNetwork, adopt, router }: AnyOf<NetworkSettings>) {
  return [
    ["network.externalNetwork", "externalNetwork", externalNetwork],
    ["network.adopt.networkId", "network", adopt?.networkId],
    ["network.adopt.subnetId", "subnet", adopt?.subnetId],
    ["network.adopt.routerId", "router", adopt?.routerId],
    ["network.router", "router", router],
  ] as const;
}

function floatingIpNames(at: string, { floatingIpAddress, floatingIpSubnetIds }: AnyOf<FloatingIpSettings>) {
  return [
    [`${at}.floatingIpAddress`, "floatingIp", floatingIpAddress],
    ...each(`${at}.floatingIpSubnetIds`, "subnet", floatingIpSubnetIds),
  ] as const;
}

function machineNames(at: string, machine: MachineSettings | undefined) {
  const { image, flavor, availabilityZones = [], volume, serverGroup, securityGroups } = machine ?? {};
  const { id }: AnyOf<ServerGroupSettings> = serverGroup ?? {};
  return [
    [`${at}.image`, "image", image],
    [`${at}.flavor`, "flavor", flavor],
    ...each(
      `${at}.availabilityZones`,
      "zone",
      availabilityZones.map((zone) => (typeof zone === "string" ? zoneWithoutHost(zone) : undefined)),
    ),
    [`${at}.volume.type`, "volumeType", volume?.type],
    [`${at}.serverGroup.id`, "serverGroup", id],
    ...each(`${at}.securityGroups`, "securityGroup", securityGroups),
  ] as const;
}
