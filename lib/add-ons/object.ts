import { isLater } from "../schema.ts";

/** Object of an add-on in the cluster. Values may be known later, like a password in a Secret. */
export interface AddOnObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Readonly<Record<string, string>>;
    annotations?: Readonly<Record<string, string>>;
  };
  [field: string]: unknown;
}

/** Label of all objects of an add-on, with its name. The health check goes by it. */
export const ADD_ON_LABEL = "caravan.dev/add-on";

/** Fields of an add-on's objects, by kind and name. */
export type AddOnValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Returns the kind and name by which an object is named in `values`. */
export function keyOf({ kind, metadata }: AddOnObject): string {
  return `${kind}/${metadata.name}`;
}

/** Kinds of objects that have pods. */
const WORKLOADS = ["DaemonSet", "Deployment", "StatefulSet"];

/** Returns whether an object has pods, for which an installation waits. */
export function isWorkload({ kind }: AddOnObject): boolean {
  return WORKLOADS.includes(kind);
}

/** Default of Kubernetes for `progressDeadlineSeconds`, and seconds beyond it: Pulumi's own plugin waits for longer, whatever the Deployment says. */
const PROGRESS_SECONDS = 600;
const MORE_SECONDS = 60;

/** Returns the timeout in seconds until an object's pods run. */
export function timeoutOf({ spec }: AddOnObject): number {
  const { progressDeadlineSeconds: own } = (spec ?? {}) as { progressDeadlineSeconds?: unknown };
  return (typeof own === "number" ? own : PROGRESS_SECONDS) + MORE_SECONDS;
}

/**
 * Returns when an object is made: first what pods need, then they and what belongs to them, and last what has all clients of the API ask them. Objects are removed
 * the other way round, because an API that nobody serves blocks the removal of namespaces.
 */
export function stageOf(object: AddOnObject): 0 | 1 | 2 {
  if (object.kind === "APIService") return 2;
  return isWorkload(object) || object.kind === "PodDisruptionBudget" || object.kind === "Service" ? 1 : 0;
}

/** Returns the objects of an add-on with its label, and with the values of users, which win. */
export function finished(addOn: string, objects: readonly AddOnObject[], values: AddOnValues = {}): AddOnObject[] {
  return objects.map((object) => {
    const labelled = { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [ADD_ON_LABEL]: addOn } } };
    return merged(labelled, values[keyOf(object)] ?? {}) as AddOnObject;
  });
}

/** Merges fields as Kubernetes' strategic merge does: maps by key, lists of what has names by name; everything else is replaced. */
export function merged(base: unknown, over: unknown): unknown {
  if (isMap(base) && isMap(over)) {
    const own = Object.entries(over).map(([key, value]) => [key, merged(base[key], value)]);
    return { ...base, ...Object.fromEntries(own) };
  }
  return isNamed(base) && isNamed(over) ? mergedByName(base, over) : over;
}

interface Named {
  name: string;
}

function mergedByName(base: readonly Named[], over: readonly Named[]): unknown[] {
  const changed = base.map((item) => {
    const own = over.find(({ name }) => name === item.name);
    return own === undefined ? item : merged(item, own);
  });
  return [...changed, ...over.filter(({ name }) => !base.some((item) => item.name === name))];
}

function isNamed(value: unknown): value is Named[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isMap(item) && typeof item.name === "string");
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLater(value);
}
