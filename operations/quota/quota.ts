import * as pulumi from "@pulumi/pulumi";
import { OpenStack } from "../../clients/openstack/client.ts";
import { cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import type { CloudChoice } from "../../clients/openstack/plugin-settings.ts";
import { isValidCluster } from "../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { reasonOf } from "../../lib/reason.ts";
import { limitsOf } from "./limits.ts";
import { dependsOnFlavors, type Flavor, neededResources, needsBeyond } from "./needs.ts";
import { ownedOf } from "./owned.ts";
import { type OnUnknown, RESOURCES, type Resource } from "./resources.ts";
import { type Shortage, shortagesOf, shortageText } from "./shortages.ts";
import { type Wanted, wantedOf } from "./wanted.ts";

export type { Shortage };

export interface CheckQuotaOptions extends CloudChoice {
  /** Called with a message about what could not be checked, because a permission or a service is missing. @default logs a warning */
  onUnchecked?: (message: string) => void;
}

/** Error about a cluster that does not fit into its project's quota. Pulumi shows it without a stack trace. */
export class QuotaShortage extends pulumi.RunError {
  readonly shortages: readonly Shortage[];

  constructor(clusterName: string, shortages: readonly Shortage[]) {
    const list = shortages.map((shortage) => `  ${shortageText(shortage)}`).join("\n");
    super(`Kubernetes cluster "${clusterName}" does not fit into the quota of its OpenStack project:\n${list}`);
    this.shortages = shortages;
  }
}

/**
 * Checks the project's quotas before anything is created, and throws one QuotaShortage that names every quota that is too small for what
 * the cluster needs beyond what it already has. The cluster's objects are found by its tag, so its name must be unique in the project.
 *
 * Ports are counted for each machine, virtual address and load balancer, and for the router and DHCP in the subnet. Not counted are objects
 * that others create meanwhile, and the double need of a replacement while old and new exist.
 */
export async function checkQuota(clusterName: string, args: KubernetesClusterArgs, options: CheckQuotaOptions = {}): Promise<void> {
  const connect = () => OpenStack.connect(cloudSettings(options), (message) => void pulumi.log.info(message));
  await checkQuotaOf(clusterName, args, connect, options.onUnchecked);
}

/** The same check as one of the steps of prepareRun, which share one sign-in. */
export async function checkQuotaOf(
  clusterName: string,
  args: KubernetesClusterArgs,
  connect: () => Promise<OpenStack>,
  onUnchecked: (message: string) => void = (message) => void pulumi.log.warn(message),
): Promise<void> {
  // The component reports what is wrong with invalid arguments.
  if (!isValidCluster(clusterName, args)) return;
  const unchecked = (what: string, reason: unknown) => onUnchecked(`the quota of ${what} was not checked: ${reasonOf(reason)}`);
  const shortages = await findShortages(clusterName, wantedOf(clusterName, args), connect, unchecked).catch((reason): Shortage[] => {
    unchecked("the OpenStack project", reason);
    return [];
  });
  if (shortages.length > 0) throw new QuotaShortage(clusterName, shortages);
}

async function findShortages(
  clusterName: string,
  wanted: Wanted,
  connect: () => Promise<OpenStack>,
  unchecked: (what: string, reason: unknown) => void,
): Promise<Shortage[]> {
  const cloud = await connect();
  const unknown = new Set<Resource>();
  const onUnknown: OnUnknown = (resources, reason) => {
    for (const resource of resources) unknown.add(resource);
    unchecked(resources.map((resource) => RESOURCES[resource].title).join(", "), reason);
  };
  const owned = await ownedOf(cloud, clusterName, wanted, onUnknown);
  const needsFlavors = dependsOnFlavors(wanted, owned);
  const resources = neededResources(needsBeyond(wanted, owned, [])).filter((resource) => !unknown.has(resource));
  // Most runs change nothing, so they need no further requests.
  if (!needsFlavors && resources.length === 0) return [];

  const [flavors, limits] = await Promise.all([
    needsFlavors ? flavorsOf(cloud, onUnknown) : [],
    limitsOf(cloud, needsFlavors ? [...resources, "cores", "ram"] : resources, onUnknown),
  ]);
  return shortagesOf(needsBeyond(wanted, owned, flavors), limits).filter(({ resource }) => !unknown.has(resource));
}

function flavorsOf(cloud: OpenStack, onUnknown: OnUnknown): Promise<Flavor[]> {
  return cloud.list<Flavor>("compute", "/flavors/detail").catch((reason) => {
    onUnknown(["cores", "ram"], reason);
    return [];
  });
}
