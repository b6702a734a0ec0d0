import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { defined } from "../../../lib/defined.ts";
import type { ConcurrencySettings } from "../../../lib/pool/settings.ts";
import type { CloudSettings } from "../../fake-openstack/settings.ts";

/** Size of a cluster. */
export interface ClusterSize {
  workers: number;
  controlPlanes: number;
  pods: number;
  /** Reaches machines through a bastion of the cluster. */
  bastion: boolean;
  /** Concurrency limits of creations and joins of workers. @default the library's */
  concurrency?: ConcurrencySettings;
  /** Version at which the workers are held back. @default the cluster's */
  heldVersion?: string;
}

/** Flavors and images that stacks/Pulumi.large.yaml names. */
export const LARGE_FLAVORS_AND_IMAGES: Pick<CloudSettings, "flavors" | "images"> = {
  images: ["debian-12"],
  flavors: [
    { name: "m1.small", vcpus: 1, ram: 2048, disk: 20 },
    { name: "m1.large", vcpus: 4, ram: 8192, disk: 40 },
    { name: "m1.xlarge", vcpus: 8, ram: 16_384, disk: 80 },
    { name: "m1.2xlarge", vcpus: 16, ram: 32_768, disk: 160 },
  ],
};

/** Network of the machines. */
export const NODE_NETWORK = "10.40.0.0/16";

/** Network of the fake cloud's floating IPs. */
export const FLOATING_NETWORK = "172.24.4.0/22";

/**
 * Makes the configuration of stacks/main.ts: that of the stack "large" in another size. The network is the cluster's own, because none
 * exists to adopt. etcd is external when stacked etcd does not support the number of control planes, and Cilium's etcd is off. No network
 * plugin is installed, because it would have no machines to run on.
 */
export function configurationOf({
  workers,
  controlPlanes,
  pods,
  bastion,
  concurrency = {},
  heldVersion,
}: ClusterSize): Record<string, unknown> {
  const file = join(repositoryDir, "stacks", "Pulumi.large.yaml");
  const large = parse(readFileSync(file, "utf8")).config;
  const { default: pool } = large["caravan:pools"];
  return {
    ...large,
    "caravan:network": { externalNetwork: "public", cidr: NODE_NETWORK },
    "caravan:ssh": bastion ? { bastion: { machine: { image: "debian-12", flavor: "m1.small" } } } : {},
    "caravan:etcd": isStacked(controlPlanes)
      ? { topology: "stacked" }
      : { ...large["caravan:etcd"], members: ETCD_MEMBERS, ciliumEtcd: false },
    "caravan:controlPlane": { ...large["caravan:controlPlane"], count: controlPlanes },
    "caravan:pools": {
      default: { ...pool, count: workers, upgrade: { maxUnavailable: MAX_UNAVAILABLE }, ...defined({ kubernetesVersion: heldVersion }) },
    },
    "caravan:cni": { type: "none" },
    "caravan:scale": { pods },
    "caravan:concurrency": concurrency,
    "openstack:maxRetries": 10,
  };
}

/** Limit of workers that are upgraded at a time. */
const MAX_UNAVAILABLE = "5%";

/** Returns the number of servers of a cluster. */
export function serversOf({ workers, controlPlanes, bastion }: ClusterSize): number {
  return workers + controlPlanes + (bastion ? 1 : 0) + (isStacked(controlPlanes) ? 0 : ETCD_MEMBERS);
}

/** Members of an external etcd. */
const ETCD_MEMBERS = 5;

/** Returns whether this number of control planes supports stacked etcd. */
function isStacked(controlPlanes: number): boolean {
  return [1, 3, 5, 7].includes(controlPlanes);
}
