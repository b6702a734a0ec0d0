import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type AddOnObject, isWorkload, stageOf, timeoutOf } from "../../lib/add-ons/object.ts";
import { defined } from "../../lib/defined.ts";
import { allReady, type Ready } from "../engine/gate.ts";
import { withUpsert } from "../kubernetes/own-objects.ts";
import { withReport } from "./report.ts";

/** Class of a resource by an object's version and kind. Its argument is the object as it is. */
type ObjectClass = new (name: string, args: never, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const { v1: core } = kubernetes.core;
const { v1: rbac } = kubernetes.rbac;
const { v1: apps } = kubernetes.apps;
const { v1: storage } = kubernetes.storage;

/** Classes of Kubernetes' own kinds that add-ons have. All others are custom resources. */
const CLASSES: Readonly<Record<string, ObjectClass>> = {
  "v1/ConfigMap": core.ConfigMap,
  "v1/Namespace": core.Namespace,
  "v1/PersistentVolumeClaim": core.PersistentVolumeClaim,
  "v1/Secret": core.Secret,
  "v1/Service": core.Service,
  "v1/ServiceAccount": core.ServiceAccount,
  "apiregistration.k8s.io/v1/APIService": kubernetes.apiregistration.v1.APIService,
  "apps/v1/DaemonSet": apps.DaemonSet,
  "apps/v1/Deployment": apps.Deployment,
  "apps/v1/StatefulSet": apps.StatefulSet,
  "policy/v1/PodDisruptionBudget": kubernetes.policy.v1.PodDisruptionBudget,
  "rbac.authorization.k8s.io/v1/ClusterRole": rbac.ClusterRole,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": rbac.ClusterRoleBinding,
  "rbac.authorization.k8s.io/v1/Role": rbac.Role,
  "rbac.authorization.k8s.io/v1/RoleBinding": rbac.RoleBinding,
  "storage.k8s.io/v1/CSIDriver": storage.CSIDriver,
  "storage.k8s.io/v1/StorageClass": storage.StorageClass,
};

/**
 * Installs an add-on for a component: its objects in the order of their stages. Objects that an interrupted run left behind are updated. Pods that do not run
 * fail the run by the add-on's name.
 * @param addOn name of the add-on in the configuration
 * @returns gate that opens when the add-on's pods run
 */
export function installAddOn(
  name: string,
  addOn: string,
  objects: readonly AddOnObject[],
  component: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions = {},
): Ready {
  const common = withUpsert(name, component, { parent: component, ...defined({ deletedWith: opts.deletedWith }) });
  const made: pulumi.CustomResource[] = [];
  for (const stage of [0, 1, 2] as const) {
    const dependsOn = [...made];
    const now = objects.filter((object) => stageOf(object) === stage);
    made.push(...now.map((object) => create(name, addOn, object, component, { ...common, dependsOn })));
  }
  return allReady(made.map(({ id }) => id));
}

function create(
  name: string,
  addOn: string,
  object: AddOnObject,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { apiVersion, kind, metadata } = object;
  const resource = `${name}-${kind.toLowerCase()}-${metadata.name}`;
  const options = isWorkload(object) ? withReport(resource, { addOn, kind }, component, withTimeout(opts, timeoutOf(object))) : opts;
  const Class = CLASSES[`${apiVersion}/${kind}`] ?? kubernetes.apiextensions.CustomResource;
  return new Class(resource, object as never, options);
}

function withTimeout(opts: pulumi.CustomResourceOptions, seconds: number): pulumi.CustomResourceOptions {
  return { ...opts, customTimeouts: { create: `${seconds}s`, update: `${seconds}s` } };
}
