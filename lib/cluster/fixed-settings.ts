import type { Problems } from "../problems.ts";

/** Settings of a cluster that are fixed when it is created. */
export interface FixedSettings {
  cni: "cilium" | "flannel" | "none";
  /** True when Cilium keeps its state in an etcd of its own. */
  kvstore: boolean;
  /** True when events are in an etcd of their own. API servers that use it cannot do without it. */
  eventsEtcd: boolean;
  podCidr: string;
  serviceCidr: string;
  nodeCidrMask: number;
  /** True when kube-proxy runs. */
  kubeProxy: boolean;
  etcd: "stacked" | "external";
  /** CIDR of the nodes' network. */
  networkCidr: string;
  /** Ids of the adopted network and subnet, or false. An id that is not a plain value is not compared. */
  adoptedNetwork?: string | false;
  adoptedSubnet?: string | false;
  /** Id of the existing router, or false. */
  router?: string | false;
  externalNetwork?: string | false;
  /** Type of the API's endpoint, through which nodes reach it. */
  endpoint: string;
  endpointAddress: string | false;
  endpointPort: number;
  endpointHost?: string | false;
  /** Provider of the load balancer; without a given one it is not compared. */
  loadBalancerProvider?: string;
  loadBalancerFlavor?: string | false;
  loadBalancerZone?: string | false;
  caValidity: string;
}

/** Property of a cluster for each setting. */
const PROPERTIES: Record<keyof FixedSettings, string> = {
  cni: "cni.type",
  kvstore: "etcd.ciliumEtcd",
  eventsEtcd: "etcd.eventsEtcd",
  podCidr: "podCidr",
  serviceCidr: "serviceCidr",
  nodeCidrMask: "nodeCidrMask",
  kubeProxy: "kubeProxy",
  etcd: "etcd.topology",
  networkCidr: "network.cidr",
  adoptedNetwork: "network.adopt.networkId",
  adoptedSubnet: "network.adopt.subnetId",
  router: "network.router",
  externalNetwork: "network.externalNetwork",
  endpoint: "apiEndpoint.type",
  endpointAddress: "apiEndpoint.address",
  endpointPort: "apiEndpoint.port",
  endpointHost: "apiEndpoint.host",
  loadBalancerProvider: "apiEndpoint.provider",
  loadBalancerFlavor: "apiEndpoint.flavorId",
  loadBalancerZone: "apiEndpoint.zone",
  caValidity: "certificates.caValidity",
};

/** Settings that follow from another one. When that one has changed, only its change is reported. */
const FOLLOWING: Partial<Record<keyof FixedSettings, readonly (keyof FixedSettings)[]>> = {
  cni: ["kvstore", "kubeProxy"],
  endpoint: ["endpointAddress", "endpointPort", "endpointHost", "loadBalancerProvider", "loadBalancerFlavor", "loadBalancerZone"],
};

/** Settings of a control plane that are fixed when it is created, for programs that compose the parts themselves. */
export interface FixedControlPlaneSettings
  extends Pick<FixedSettings, "podCidr" | "serviceCidr" | "nodeCidrMask" | "kubeProxy" | "etcd" | "eventsEtcd"> {
  clusterName: string;
  /** `host:port` at which nodes reach the API. Kubelets keep it. */
  endpoint: string;
}

const CONTROL_PLANE_PROPERTIES: Record<keyof FixedControlPlaneSettings, string> = {
  clusterName: "clusterName",
  endpoint: "endpoint",
  podCidr: "cidrs.podCidr",
  serviceCidr: "cidrs.serviceCidr",
  nodeCidrMask: "cidrs.nodeCidrMask",
  kubeProxy: "kubeProxy",
  etcd: "etcd",
  eventsEtcd: "etcd.events",
};

/** Checks that a cluster's fixed settings are those that it was created with. A setting that was not recorded then is not checked. */
export function checkFixed(before: Partial<FixedSettings>, now: FixedSettings, problems: Problems): void {
  noteChanges(before, now, PROPERTIES, problems);
}

/** Checks the fixed settings of a control plane in the same way. */
export function checkControlPlaneFixed(
  before: Partial<FixedControlPlaneSettings>,
  now: FixedControlPlaneSettings,
  problems: Problems,
): void {
  noteChanges(before, now, CONTROL_PLANE_PROPERTIES, problems);
}

type Value = string | number | boolean;

function noteChanges<T extends object>(before: Partial<T>, now: T, properties: Record<keyof T, string>, problems: Problems): void {
  const changed = (Object.keys(properties) as (keyof T)[]).filter((setting) => {
    const [old, given] = [before[setting], now[setting]];
    return old !== undefined && given !== undefined && old !== given;
  });
  const following = changed.flatMap((setting): readonly PropertyKey[] => FOLLOWING[setting as keyof FixedSettings] ?? []);
  for (const setting of changed.filter((each) => !following.includes(each)))
    problems.add(properties[setting], fixedReason(before[setting] as Value, now[setting] as Value));
}

/** Writes why a changed setting is refused. */
function fixedReason(before: Value, now: Value): string {
  const [old, given] = [JSON.stringify(before), JSON.stringify(now)];
  return `${given} is not what this cluster was made with, ${old}, and it cannot be changed in place; put ${old} back, or make a new cluster`;
}

/** Writes the help for a cluster that never ran: its settings are recorded before it is known that they work. */
export function recordAgainHelp(urn: string): string {
  return `if it has never run, have its settings recorded again: pulumi up --replace '${urn}'`;
}
