import { isMap, type PropertyMap } from "../../server/property-values.ts";
import type { ManagedFields } from "./kubernetes-object.ts";

// Objects are created by a plain request, whose fields belong to "pulumi-kubernetes"; kubectl's are taken over as well.
const creators = ["pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes", "kubectl", "before-first-apply"];

function isTakenOver({ manager, operation, subresource }: ManagedFields): boolean {
  if (subresource !== undefined) return false;
  return operation === "Update" ? creators.includes(manager) : manager === "kubectl";
}

/** Hands the fields of an object's creators over to the manager that applies it from now on; `undefined` when it has them already. */
export function withManager(fields: ManagedFields[], manager: string): ManagedFields[] | undefined {
  const theirs = fields.filter(isTakenOver);
  const first = theirs[0];
  if (first === undefined) return undefined;
  const isOurs = (entry: ManagedFields) => entry.manager === manager && entry.operation === "Apply" && entry.subresource === undefined;
  const merged = [...fields.filter(isOurs), ...theirs].map((entry) => entry.fieldsV1).reduce(union);
  const others = fields.filter((entry) => !isTakenOver(entry) && !isOurs(entry));
  return [{ ...first, manager, operation: "Apply", fieldsV1: merged }, ...others];
}

/** Sets of fields are nested maps. */
function union(a: PropertyMap, b: PropertyMap): PropertyMap {
  const result = { ...a };
  for (const [name, fields] of Object.entries(b)) {
    const before = result[name];
    result[name] = isMap(before) && isMap(fields) ? union(before, fields) : fields;
  }
  return result;
}
