import { isMap, isSecret, type PropertyMap, type PropertyValue, secret, unknown } from "./property-values.ts";
import type { CheckFailure, CheckResult } from "./provider.ts";

export type FieldType = "string" | "number" | "boolean" | "any" | { list: FieldType } | { map: FieldType } | ObjectType;

export interface Field {
  type: FieldType;
  required?: true;
  /** Marks the value as a secret, even when the program does not. */
  secret?: true;
  default?: PropertyValue;
  /** Only the official plugin supports this field. */
  notServed?: true;
}

export interface ObjectType {
  /** Name in messages about its fields. */
  title: string;
  fields: Record<string, Field>;
}

export const NOT_SERVED = "not served by the stand-in plugin of devcloud; install the official plugin";

/** Checks inputs against their type. Valid inputs get their defaults, and their secrets are marked. */
export function checkFields(type: ObjectType, inputs: PropertyMap): CheckResult {
  const failures = objectFailures(type, inputs, "");
  return { inputs: failures.length > 0 ? inputs : completeObject(type, inputs), failures };
}

function objectFailures(type: ObjectType, value: PropertyMap, path: string): CheckFailure[] {
  const unrecognized = Object.keys(value).filter((name) => !(name in type.fields) && !name.startsWith("__"));
  const known = Object.entries(type.fields).flatMap(([name, field]) => {
    const property = path === "" ? name : `${path}.${name}`;
    const member = value[name] ?? null;
    if (field.notServed && member !== null && member !== false) return [{ property, reason: `'${name}' is ${NOT_SERVED}` }];
    if (member !== null) return valueFailures(field.type, member, property, type.title);
    return field.required ? [{ property, reason: `Missing required field '${name}' on '${type.title}'` }] : [];
  });
  return [...known, ...unrecognized.map((name) => ({ property: name, reason: `Unrecognized field '${name}' on '${type.title}'` }))];
}

function valueFailures(type: FieldType, value: PropertyValue, path: string, title: string): CheckFailure[] {
  if (isSecret(value)) return valueFailures(type, value.value, path, title);
  if (value === unknown || type === "any") return [];
  if (typeof type === "string") return typeof value === type ? [] : wrongType(type, value, path, title);
  if ("list" in type) {
    if (!Array.isArray(value)) return wrongType("list", value, path, title);
    return value.flatMap((member, index) => valueFailures(type.list, member, `${path}[${index}]`, title));
  }
  if (!isMap(value)) return wrongType("map", value, path, title);
  if ("fields" in type) return objectFailures(type, value, path);
  return Object.entries(value).flatMap(([name, member]) => valueFailures(type.map, member, `${path}.${name}`, title));
}

function wrongType(expected: string, value: PropertyValue, path: string, title: string): CheckFailure[] {
  const actual = Array.isArray(value) ? "list" : value === null ? "null" : isMap(value) ? "map" : typeof value;
  return [{ property: path, reason: `Field '${path}' on '${title}' must be a '${expected}'; got '${actual}' instead` }];
}

function completeObject(type: ObjectType, value: PropertyMap): PropertyMap {
  const completed: PropertyMap = {};
  for (const [name, member] of Object.entries(value)) if (member !== null) completed[name] = member;
  for (const [name, field] of Object.entries(type.fields)) {
    const member = completed[name] ?? field.default;
    if (member === undefined) continue;
    completed[name] = field.secret ? secret(complete(field.type, member)) : complete(field.type, member);
  }
  return completed;
}

function complete(type: FieldType, value: PropertyValue): PropertyValue {
  if (isSecret(value)) return secret(complete(type, value.value));
  return typeof type === "object" && "fields" in type && isMap(value) ? completeObject(type, value) : value;
}
