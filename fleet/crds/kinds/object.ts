/** API group and version of all kinds of the fleet. */
export const GROUP = "fleet.caravan.dev";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;

export interface Meta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Object of the Kubernetes API. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Meta;
}

/** Object of one of the fleet's kinds. */
export interface FleetObject<Spec, Status> extends KubernetesObject {
  spec: Spec;
  status?: Status;
}

/** Column of `kubectl get`. */
export interface Column {
  name: string;
  type: "string" | "integer" | "date" | "boolean";
  jsonPath: string;
  /** 1 for columns that only `-o wide` shows. @default 0 */
  priority?: number;
}

export const AGE: Column = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };
