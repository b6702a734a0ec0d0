import { isMap, type PropertyMap } from "../../server/property-values.ts";
import type { ManagedFields } from "./kubernetes-object.ts";

// Objects are created by a plain request, whose fields belong to "pulumi-kubernetes". Fields of kubectl are taken over, too.
const creators = ["pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes", "kubectl", "before-first-apply"];

function isTakenOver({ manager, operation, subresource }: ManagedFields): boolean {
  if (subresource !== undefined) return false;
  return operation === "Update" ? creators.includes(manager) : manager === "kubectl";
}

/**
 * Transfers the fields of an object's creators to the manager that applies it from now on. Returns `undefined` when it has them already.
 */
export function withManager(fields: ManagedFields[], manager: string): ManagedFields[] | undefined {
  const theirs = fields.filter(isTakenOver);
  const first = theirs[0];
  if (first === undefined) return undefined;
  const isOurs = (entry: ManagedFields) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined;
  const merged = [...fields.filter(isOurs), ...theirs].map((entry) => entry.fieldsV1).reduce(union);
  const others = fields.filter((entry) => !isTakenOver(entry) && !isOurs(entry));
  return [{ ...first, manager, operation: "Apply", fieldsV1: merged }, ...others];
}

/** Merges two sets of fields, which are nested maps. */
function union(a: PropertyMap, b: PropertyMap): PropertyMap {
  const result = { ...a };
  for (const [name, fields] of Object.entries(b)) {
    const before = result[name];
    result[name] = isMap(before) && isMap(fields) ? union(before, fields) : fields;
  }
  return result;
}
