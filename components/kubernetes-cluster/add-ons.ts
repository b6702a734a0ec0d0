import type * as pulumi from "@pulumi/pulumi";
import type { AddOnSettings } from "../../lib/add-ons/settings.ts";
import { ADD_ONS, type AddOnName } from "../../lib/add-ons/versions.ts";
import { DEFAULTS, nodeCount } from "../../lib/cluster/shape.ts";
import { MetricsServer } from "../add-ons/metrics-server.ts";
import type { Ready } from "../engine/gate.ts";
import type { ClusterContext } from "./context.ts";

/** Facts about a cluster that its add-ons need. */
interface AddOnFacts {
  kubernetesVersion: string;
  nodes: number;
}

/** Settings of an add-on that runs. */
type SettingsOf<Name extends AddOnName> = Exclude<NonNullable<AddOnSettings[Name]>, boolean>;

/** Part of the component's name, and the component, of each add-on. */
const ADD_ON_PARTS: {
  [Name in AddOnName]: {
    suffix: string;
    make: (name: string, settings: SettingsOf<Name>, facts: AddOnFacts, opts: pulumi.ComponentResourceOptions) => { ready: Ready };
  };
} = {
  metricsServer: {
    suffix: "metrics-server",
    make: (name, settings, facts, opts) => new MetricsServer(name, { ...settings, ...facts }, opts),
  },
};

/**
 * Makes the add-ons of a cluster that are on, and returns what tells that they run.
 * @param nodes gate that opens when the nodes are ready: a broken add-on keeps no node from joining
 */
export function createAddOns({ name, args, pki, parent }: ClusterContext, nodes: Ready, provider: () => pulumi.ProviderResource): Ready[] {
  const { addOns = {}, kubernetesVersion = DEFAULTS.kubernetesVersion } = args;
  const facts = { kubernetesVersion, nodes: nodeCount(args) };
  const wanted = ADD_ONS.filter((addOn) => addOns[addOn] !== undefined && addOns[addOn] !== false);
  return wanted.map((addOn) => {
    const settings = addOns[addOn];
    const { suffix, make } = ADD_ON_PARTS[addOn];
    // Objects in the cluster need no deletion when the whole cluster is deleted.
    const options = { parent, provider: provider(), dependsOn: nodes, deletedWith: pki.lifetime };
    return make(`${name}-${suffix}`, typeof settings === "object" ? settings : {}, facts, options).ready;
  });
}
