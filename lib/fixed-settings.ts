import type { Problems } from "./problems.ts";

/** What of a cluster is decided for good when it is made. */
export interface FixedSettings {
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
}

/** The property of a cluster that each setting comes from. */
const PROPERTIES: Record<keyof FixedSettings, string> = {
  cni: "cni.type",
  kvstore: "etcd.ciliumEtcd",
  eventsEtcd: "etcd.eventsEtcd",
  podCidr: "podCidr",
  serviceCidr: "serviceCidr",
  nodeCidrMask: "nodeCidrMask",
  kubeProxy: "kubeProxy",
  etcd: "etcd.topology",
};

/** Settings that follow from the network plugin: when that has changed, its change says it all. */
const OF_CNI: readonly string[] = ["kvstore", "kubeProxy"];

/** Notes each setting that is not what the cluster was made with; what was not kept then is let be. */
export function checkFixed(before: Partial<FixedSettings>, now: FixedSettings, problems: Problems): void {
  const settings = Object.keys(PROPERTIES) as (keyof FixedSettings)[];
  const changed = settings.filter((setting) => before[setting] !== undefined && before[setting] !== now[setting]);
  const told = changed.includes("cni") ? changed.filter((setting) => !OF_CNI.includes(setting)) : changed;
  for (const setting of told) {
    const [old, given] = [JSON.stringify(before[setting]), JSON.stringify(now[setting])];
    problems.add(
      PROPERTIES[setting],
      `${given} is not what this cluster was made with, ${old}, and it cannot be changed in place; put ${old} back, or make a new cluster`,
    );
  }
}
