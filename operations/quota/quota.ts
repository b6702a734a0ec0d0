import * as pulumi from "@pulumi/pulumi";
import { OpenStack } from "../../clients/openstack/client.ts";
import { type CloudChoice, cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import { checkCluster } from "../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { Problems } from "../../lib/problems.ts";
import { limitsOf } from "./limits.ts";
import { dependsOnFlavors, type Flavor, neededResources, needsBeyond } from "./needs.ts";
import { ownedOf } from "./owned.ts";
import { RESOURCES } from "./resources.ts";
import { type Shortage, shortagesOf, shortageText } from "./shortages.ts";
import { type Wanted, wantedOf } from "./wanted.ts";

export type { Shortage };

export interface CheckQuotaOptions extends CloudChoice {
  /** Told of what could not be checked, for want of a permission or of a service. @default a warning of Pulumi's */
  onUnchecked?: (message: string) => void;
}

/** A cluster that does not fit into its project. Pulumi shows it without a stack. */
export class QuotaShortage extends pulumi.RunError {
  readonly shortages: readonly Shortage[];

  constructor(clusterName: string, shortages: readonly Shortage[]) {
    const list = shortages.map((shortage) => `  ${shortageText(shortage)}`).join("\n");
    super(`Kubernetes cluster "${clusterName}" does not fit into the quota of its OpenStack project:\n${list}`);
    this.shortages = shortages;
  }
}

/**
 * Throws one QuotaShortage that names every quota which does not suffice for what a cluster needs beyond what it has
 * already, so that it is found out before anything is made and not half way. What the cluster has is known by its tag, so
 * its name must be the only one in the project. What others make in the project meanwhile is not foreseen, nor is what a
 * replacement needs while old and new are both there. Of ports it counts one for each machine and virtual address or load
 * balancer, the router's in the subnet and one of DHCP.
 */
export async function checkQuota(clusterName: string, args: KubernetesClusterArgs, options: CheckQuotaOptions = {}): Promise<void> {
  if (!isSound(clusterName, args)) return;
  const { onUnchecked = (message) => void pulumi.log.warn(message) } = options;
  const unchecked = (what: string, reason: unknown) =>
    onUnchecked(`the quota of ${what} was not checked: ${reason instanceof Error ? reason.message : reason}`);
  const shortages = await findShortages(clusterName, wantedOf(clusterName, args), options, unchecked).catch((reason): Shortage[] => {
    unchecked("the OpenStack project", reason);
    return [];
  });
  if (shortages.length > 0) throw new QuotaShortage(clusterName, shortages);
}

async function findShortages(
  clusterName: string,
  wanted: Wanted,
  choice: CloudChoice,
  unchecked: (what: string, reason: unknown) => void,
): Promise<Shortage[]> {
  const cloud = await OpenStack.connect(cloudSettings(choice));
  const owned = await ownedOf(cloud, clusterName, wanted);
  const needsFlavors = dependsOnFlavors(wanted, owned);
  const resources = neededResources(needsBeyond(wanted, owned, []));
  // What is complete is asked no further: most runs change nothing.
  if (!needsFlavors && resources.length === 0) return [];

  const [flavors, limits] = await Promise.all([
    needsFlavors ? cloud.list<Flavor>("compute", "/flavors/detail") : [],
    limitsOf(cloud, needsFlavors ? [...resources, "cores", "ram"] : resources, (unknown, reason) =>
      unchecked(unknown.map((resource) => RESOURCES[resource].title).join(", "), reason),
    ),
  ]);
  return shortagesOf(needsBeyond(wanted, owned, flavors), limits);
}

/** Whether the arguments are worth a look: what is wrong with them is told by the component. */
function isSound(clusterName: string, args: KubernetesClusterArgs): boolean {
  const problems = new Problems();
  checkCluster(clusterName, args, problems);
  return problems.lines.length === 0;
}
