import type { PropertyMap, PropertyValue } from "../../server/property-values.ts";
import { at } from "./kubernetes-object.ts";

/** Readiness of an object, or the reason to wait. With `failed`, waiting cannot help any more. */
export type Readiness = { ready: true } | { ready: false; reason: string; failed?: true };

type Rule = (object: PropertyMap) => Readiness;

const ready: Readiness = { ready: true };

const rules: Record<string, Rule> = {
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": (object) => waitFor(hasAddress(object), "a load balancer's address"),
  "v1/PersistentVolume": (object) => waitFor(["Available", "Bound"].includes(phase(object)), "the volume to be available"),
  "v1/PersistentVolumeClaim": (object) => waitFor(phase(object) === "Bound", "the claim to be bound"),
  "v1/Pod": pod,
  "v1/Service": (object) => waitFor(at(object, "spec", "type") !== "LoadBalancer" || hasAddress(object), "a load balancer's address"),
};

/** Returns the readiness of an object. Objects of kinds without a rule are ready as soon as they exist. */
export function readiness(object: PropertyMap): Readiness {
  return rules[`${object.apiVersion}/${object.kind}`]?.(object) ?? ready;
}

function deployment(object: PropertyMap): Readiness {
  const progressing = condition(object, "Progressing");
  // A condition of an older version says nothing about this one.
  if (observed(object) && progressing?.reason === "ProgressDeadlineExceeded")
    return { ready: false, failed: true, reason: String(progressing.message) };
  const wanted = number(object, "spec", "replicas");
  const updated = number(object, "status", "updatedReplicas");
  const available = number(object, "status", "availableReplicas");
  const old = number(object, "status", "replicas") - updated;
  const done = observed(object) && updated >= wanted && available >= wanted && old <= 0;
  return waitFor(done, `${available} of ${wanted} replicas available, ${updated} up to date, ${Math.max(old, 0)} old ones left`);
}

function daemonSet(object: PropertyMap): Readiness {
  const wanted = number(object, "status", "desiredNumberScheduled");
  const updated = number(object, "status", "updatedNumberScheduled");
  const available = number(object, "status", "numberAvailable");
  const onDelete = at(object, "spec", "updateStrategy", "type") === "OnDelete";
  const done = observed(object) && available >= wanted && (onDelete || updated >= wanted);
  return waitFor(done, `${available} of ${wanted} pods available, ${updated} up to date`);
}

function statefulSet(object: PropertyMap): Readiness {
  const wanted = number(object, "spec", "replicas");
  const settled = number(object, "status", "readyReplicas");
  const current = at(object, "status", "currentRevision") === at(object, "status", "updateRevision");
  return waitFor(observed(object) && settled >= wanted && current, `${settled} of ${wanted} replicas ready`);
}

function job(object: PropertyMap): Readiness {
  const failure = condition(object, "Failed");
  if (failure?.status === "True") return { ready: false, failed: true, reason: String(failure.message) };
  return waitFor(condition(object, "Complete")?.status === "True", "the job to complete");
}

function pod(object: PropertyMap): Readiness {
  if (phase(object) === "Failed")
    return { ready: false, failed: true, reason: String(at(object, "status", "message") ?? "the pod has failed") };
  const done = phase(object) === "Succeeded" || condition(object, "Ready")?.status === "True";
  return waitFor(done, `the pod to be ready (${phase(object) || "Pending"})`);
}

function waitFor(done: boolean, reason: string): Readiness {
  return done ? ready : { ready: false, reason };
}

function condition(object: PropertyMap, type: string): PropertyMap | undefined {
  const conditions = at(object, "status", "conditions");
  return Array.isArray(conditions) ? (conditions as PropertyMap[]).find((found) => found.type === type) : undefined;
}

function phase(object: PropertyMap): string {
  return String(at(object, "status", "phase") ?? "");
}

function hasAddress(object: PropertyMap): boolean {
  const addresses = at(object, "status", "loadBalancer", "ingress");
  return Array.isArray(addresses) && addresses.length > 0;
}

/** Returns whether the controller has seen the newest version of the object. */
function observed(object: PropertyMap): boolean {
  return number(object, "status", "observedGeneration") >= number(object, "metadata", "generation");
}

function number(object: PropertyMap, ...path: string[]): number {
  const value: PropertyValue | undefined = at(object, ...path);
  return typeof value === "number" ? value : 0;
}
