import type * as pulumi from "@pulumi/pulumi";
import { checkFixed, type FixedSettings } from "../../lib/cluster/fixed-settings.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { fixedSettings } from "../../lib/cluster/shape.ts";
import { defined } from "../../lib/defined.ts";
import { scaledArgs } from "../../lib/scale-profile/scaled-args.ts";
import { ClusterPki } from "../cluster-pki.ts";
import { refuseChanges } from "../engine/fixed.ts";
import { gate } from "../engine/gate.ts";
import { clearUpOnDeletion } from "../openstack/clear-up.ts";
import type { MarkArgs } from "../openstack/mark.ts";
import { type CloudNames, lookUpNames } from "./cloud-names.ts";

/** Values that all parts of a cluster are made with. */
export interface ClusterContext {
  /** Name of the cluster. The names of its parts begin with it. */
  name: string;
  /** Arguments, with the settings that the cluster's size determines. */
  args: KubernetesClusterArgs;
  /** Settings that cannot be changed in place. */
  fixed: FixedSettings;
  /** Ids of the images, flavors and networks in the arguments. */
  names: CloudNames;
  pki: ClusterPki;
  /** Mark of all objects in the cloud. */
  owner: MarkArgs;
  /** Component of the cluster. */
  parent: pulumi.ComponentResource;
  /** Options of parts with objects in the cloud. These are created after the resource whose deletion removes their orphans. */
  inCloud: pulumi.ComponentResourceOptions;
}

/**
 * Makes the values that all parts of a cluster are made with. Nothing is created before all names are found in the cloud, and before it is
 * known that no fixed setting changes.
 */
export function createContext(name: string, given: KubernetesClusterArgs, parent: pulumi.ComponentResource): ClusterContext {
  const args = scaledArgs(given);
  const fixed = fixedSettings(args);
  const names = lookUpNames(args, parent);
  const options = { parent, dependsOn: gate(names.known) };
  const unchanged = refuseChanges(`${name}-fixed`, `Kubernetes cluster "${name}"`, fixed, checkFixed, options);
  const ciliumEtcd = fixed.kvstore ? (true as const) : undefined;
  const { caValidity, rotation } = args.certificates ?? {};
  const ofPki = { clusterName: name, ...defined({ ciliumEtcd, caValidity, rotation }) };
  const pki = new ClusterPki(`${name}-pki`, ofPki, { parent, dependsOn: gate(unchanged) });
  const mark = pki.lifetime.id;
  const inCloud = { parent, dependsOn: clearUpOnDeletion(`${name}-leftovers`, [mark], { parent }) };
  return { name, args, fixed, names, pki, owner: { clusterName: name, mark }, parent, inCloud };
}
