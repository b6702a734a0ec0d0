import { isMap, type PropertyMap, type PropertyValue } from "../../server/property-values.ts";

/** Object of the Kubernetes API, as JSON. */
export interface KubernetesObject extends PropertyMap {
  apiVersion: string;
  kind: string;
  metadata: PropertyMap;
}

export interface ManagedFields extends PropertyMap {
  manager: string;
  operation: string;
  fieldsV1: PropertyMap;
}

export function objectName(object: PropertyMap): string {
  return text(metadata(object).name);
}

export function objectNamespace(object: PropertyMap): string {
  return text(metadata(object).namespace);
}

/** Returns the id of an object in Pulumi's state. */
export function objectId(object: PropertyMap): string {
  const namespace = objectNamespace(object);
  return namespace === "" ? objectName(object) : `${namespace}/${objectName(object)}`;
}

export function annotation(object: PropertyMap, name: string): string {
  const annotations = metadata(object).annotations;
  return isMap(annotations) ? text(annotations[name]) : "";
}

export function metadata(object: PropertyMap): PropertyMap {
  return isMap(object.metadata) ? object.metadata : {};
}

export function managedFields(object: PropertyMap): ManagedFields[] {
  const fields = metadata(object).managedFields;
  return Array.isArray(fields) ? (fields as ManagedFields[]) : [];
}

/** Returns the value at a path of member names, or `undefined`. */
export function at(value: PropertyValue | undefined, ...path: string[]): PropertyValue | undefined {
  return path.reduce<PropertyValue | undefined>((part, name) => (isMap(part) ? part[name] : undefined), value);
}

function text(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}
