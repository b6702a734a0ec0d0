import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../../server/provider.ts";
import { annotation, at, type KubernetesObject, objectName, objectNamespace } from "./kubernetes-object.ts";
import type { ObjectApi } from "./object-api.ts";
import { type Readiness, readiness } from "./readiness.ts";

const DEFAULT_TIMEOUT = 600; // seconds
const INTERVAL = 500; // milliseconds

/** Object after the wait, with the problem if it did not become ready. */
export interface Awaited {
  object: KubernetesObject;
  problem?: string;
}

/** Waits until an object is ready. */
export async function waitUntilReady(api: ObjectApi, created: KubernetesObject, operation: Operation): Promise<Awaited> {
  if (annotation(created, "pulumi.com/skipAwait") === "true") return { object: created };
  const end = Date.now() + timeoutSeconds(created, operation) * 1000;
  let object = created;
  for (;;) {
    const state = await fullReadiness(api, object, operation.signal);
    if (state.ready) return { object };
    if (state.failed) return { object, problem: state.reason };
    operation.status(`waiting for ${state.reason}`);
    if (Date.now() > end) return { object, problem: `timed out waiting for ${state.reason}` };
    await sleep(INTERVAL, undefined, { signal: operation.signal }).catch(() => {});
    if (operation.signal.aborted) return { object, problem: `${operation.signal.reason.message}; it waited for ${state.reason}` };
    const now = await api.get(object, operation.signal);
    if (now === undefined) return { object, problem: "it was deleted while it was waited for" };
    object = now;
  }
}

/** Waits until an object is deleted. An object of the same name that was created meanwhile is another one. */
export async function waitUntilDeleted(api: ObjectApi, object: KubernetesObject, operation: Operation): Promise<void> {
  const end = Date.now() + timeoutSeconds(object, operation) * 1000;
  for (;;) {
    const now = await api.get(object, operation.signal);
    if (now === undefined || now.metadata.uid !== object.metadata.uid) return;
    if (Date.now() > end) {
      const finalizers = now.metadata.finalizers ?? [];
      throw new Error(`timed out waiting for deletion; finalizers that may prevent it: ${JSON.stringify(finalizers)}`);
    }
    await sleep(INTERVAL, undefined, { signal: operation.signal }).catch(() => operation.signal.throwIfAborted());
  }
}

function timeoutSeconds(object: KubernetesObject, operation: Operation): number {
  return operation.timeout || Number(annotation(object, "pulumi.com/timeoutSeconds")) || DEFAULT_TIMEOUT;
}

/** Returns the readiness of an object, including others on which it depends. */
async function fullReadiness(api: ObjectApi, object: KubernetesObject, signal: AbortSignal): Promise<Readiness> {
  const own = readiness(object);
  if (!own.ready) return bindsLater(api, object, signal, own);
  return object.apiVersion === "v1" && object.kind === "Service" ? serviceReadiness(api, object, signal) : own;
}

/** Returns the readiness of a service: if it selects pods, it must reach one. Headless services may have none. */
async function serviceReadiness(api: ObjectApi, service: KubernetesObject, signal: AbortSignal): Promise<Readiness> {
  const selector = Object.keys(at(service, "spec", "selector") ?? {});
  const reachesPods = selector.length > 0 && at(service, "spec", "clusterIP") !== "None" && at(service, "spec", "type") !== "ExternalName";
  if (!reachesPods) return { ready: true };
  const kind = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
  const label = `kubernetes.io/service-name=${objectName(service)}`;
  const slices = await api.list(kind, objectNamespace(service), label, signal);
  const endpoints = slices.flatMap((slice) => (Array.isArray(slice.endpoints) ? slice.endpoints : []));
  const reachable = endpoints.some((endpoint) => at(endpoint, "conditions", "ready") !== false);
  return reachable ? { ready: true } : { ready: false, reason: "the service to reach a ready pod" };
}

/** Returns the readiness of a claim. It may stay pending when its storage class binds at first use. */
async function bindsLater(api: ObjectApi, claim: KubernetesObject, signal: AbortSignal, own: Readiness): Promise<Readiness> {
  const className = at(claim, "spec", "storageClassName");
  if (claim.kind !== "PersistentVolumeClaim" || typeof className !== "string") return own;
  const storageClass = await api.get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: className } }, signal);
  return storageClass?.volumeBindingMode === "WaitForFirstConsumer" ? { ready: true } : own;
}
