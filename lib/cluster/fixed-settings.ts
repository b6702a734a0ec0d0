import type { Problems } from "../problems.ts";

/** What of a cluster is decided for good when it is made. */
export interface FixedSettings {
  kubernetesVersion: string;
  cni: "cilium" | "flannel" | "none";
  /** Whether Cilium keeps its state in an etcd of its own. */
  kvstore: boolean;
  /** Whether events are in an etcd of their own: API servers that were told to look there could not do without it. */
  eventsEtcd: boolean;
  podCidr: string;
  serviceCidr: string;
  nodeCidrMask: number;
  /** Whether kube-proxy runs. */
  kubeProxy: boolean;
  etcd: "stacked" | "external";
  /** Addresses of the nodes' network. */
  networkCidr: string;
  /** The network and subnet that were adopted, or that there are none. What is no plain value is not compared. */
  adoptedNetwork?: string | false;
  adoptedSubnet?: string | false;
  /** The router that exists already, or that there is none. */
  router?: string | false;
  externalNetwork?: string | false;
  /** Where nodes reach the API. */
  endpoint: string;
  endpointAddress: string | false;
  endpointPort: number;
  endpointHost?: string | false;
}

/** The property of a cluster that each setting comes from. */
const PROPERTIES: Record<keyof FixedSettings, string> = {
  kubernetesVersion: "kubernetesVersion",
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
};

/** Settings that follow from another one: when that has changed, its change says it all. */
const FOLLOWING: Partial<Record<keyof FixedSettings, readonly (keyof FixedSettings)[]>> = {
  cni: ["kvstore", "kubeProxy"],
  endpoint: ["endpointAddress", "endpointPort", "endpointHost"],
};

/** What a control plane that is put together by hand is made with for good. */
export interface FixedControlPlaneSettings
  extends Pick<FixedSettings, "kubernetesVersion" | "podCidr" | "serviceCidr" | "nodeCidrMask" | "kubeProxy" | "etcd" | "eventsEtcd"> {
  clusterName: string;
  /** `host:port` at which nodes reach the API: kubelets keep it. */
  endpoint: string;
}

const CONTROL_PLANE_PROPERTIES: Record<keyof FixedControlPlaneSettings, string> = {
  clusterName: "clusterName",
  kubernetesVersion: "kubernetesVersion",
  endpoint: "endpoint",
  podCidr: "cidrs.podCidr",
  serviceCidr: "cidrs.serviceCidr",
  nodeCidrMask: "cidrs.nodeCidrMask",
  kubeProxy: "kubeProxy",
  etcd: "etcd",
  eventsEtcd: "etcd.events",
};

/** Notes each setting of a cluster that is not what it was made with; what was not kept then is let be. */
export function checkFixed(before: Partial<FixedSettings>, now: FixedSettings, problems: Problems): void {
  noteChanges(before, now, PROPERTIES, problems);
}

/** The same for a control plane. */
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
    problems.add(properties[setting], fixedReason(before[setting] as Value, now[setting] as Value, setting === "kubernetesVersion"));
}

/** Why something is refused that is not what it was. */
function fixedReason(before: Value, now: Value, isVersion: boolean): string {
  const [old, given] = [JSON.stringify(before), JSON.stringify(now)];
  const obstacle = isVersion ? "a cluster cannot be upgraded yet" : "it cannot be changed in place";
  return `${given} is not what this cluster was made with, ${old}, and ${obstacle}; put ${old} back, or make a new cluster`;
}

/** What helps when a cluster was never made: its first settings are noted before it is known that they work. */
export function noteAnew(urn: string): string {
  return `if it has never run, have its settings noted anew: pulumi up --replace '${urn}'`;
}
