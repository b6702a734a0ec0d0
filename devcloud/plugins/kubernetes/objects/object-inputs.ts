import { randomBytes } from "node:crypto";
import {
  hasSecret,
  hasUnknown,
  isMap,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  reveal,
  secret,
  unknown,
} from "../../server/property-values.ts";
import { annotation, metadata, objectName } from "./kubernetes-object.ts";

export const AUTONAMED = "pulumi.com/autonamed";

// Fields that the server sets. They do not belong in inputs.
const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/** Removes fields that only the server can set, and encodes the texts of a Secret as the server stores them. */
export function normalized(inputs: PropertyMap): PropertyMap {
  const own = Object.fromEntries(Object.entries(metadata(inputs)).filter(([name]) => !readOnlyMetadata.includes(name)));
  const result = inputs.metadata === undefined ? inputs : { ...inputs, metadata: own };
  return isSecretKind(result) && !hasUnknown(result) ? withEncodedData(result) : result;
}

function withEncodedData({ stringData, ...object }: PropertyMap): PropertyMap {
  if (!isMap(stringData) || Object.keys(stringData).length === 0) return { ...object, ...(stringData !== undefined && { stringData }) };
  const encoded = Object.entries(stringData).map(([name, text]) => [name, Buffer.from(String(text)).toString("base64")]);
  return { ...object, data: { ...(isMap(object.data) ? object.data : {}), ...Object.fromEntries(encoded) } };
}

/** Gives an object without a name its present name, or a new one. */
export function named(inputs: PropertyMap, olds: PropertyMap, resourceName: string): PropertyMap {
  if (metadata(inputs).name || isUnknown(inputs.metadata)) return inputs;
  if (annotation(olds, AUTONAMED) === "true") return autonamed(inputs, objectName(olds));
  return Object.keys(olds).length > 0 ? inputs : autonamed(inputs, `${resourceName}-${randomBytes(4).toString("hex")}`);
}

function autonamed(inputs: PropertyMap, name: string): PropertyMap {
  const { annotations = {}, ...rest } = metadata(inputs);
  const marked = isMap(annotations) ? { ...annotations, [AUTONAMED]: "true" } : annotations;
  return { ...inputs, metadata: { ...rest, annotations: marked, name } };
}

export function withNamespace(inputs: PropertyMap, namespace: string): PropertyMap {
  return metadata(inputs).namespace || isUnknown(inputs.metadata) ? inputs : { ...inputs, metadata: { ...metadata(inputs), namespace } };
}

/** Marks those `values` as secret that are secret in `marked`, and always the content of a Secret. */
export function withSecrets(values: PropertyMap, marked: PropertyMap): PropertyMap {
  if (isSecretKind(values)) return mapMembers(values, (name, value) => (name === "data" || name === "stringData" ? secret(value) : value));
  return mapMembers(values, (name, value) => {
    const source = marked[name];
    if (source === undefined) return value;
    if (isMap(value) && isMap(source) && !isSecret(value) && !isSecret(source)) return withSecrets(value, source);
    return hasSecret(source) ? secret(value) : value;
  });
}

function isUnknown(value: PropertyValue | undefined): boolean {
  return value === unknown;
}

function isSecretKind(object: PropertyMap): boolean {
  return object.kind === "Secret";
}

function mapMembers(values: PropertyMap, change: (name: string, value: PropertyValue) => PropertyValue): PropertyMap {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(name, value)]));
}

/** Renames x_kubernetes_... of the program to x-kubernetes-... of the API. Property names of SDKs have no dashes. */
export function asApiNames(properties: PropertyMap): PropertyMap {
  return renamed(reveal(properties), (name) => (name.startsWith("x_kubernetes_") ? name.replaceAll("_", "-") : name)) as PropertyMap;
}

export function asPropertyNames(object: PropertyMap): PropertyMap {
  return renamed(object, (name) => (name.startsWith("x-kubernetes-") ? name.replaceAll("-", "_") : name)) as PropertyMap;
}

function renamed(value: PropertyValue, rename: (name: string) => string): PropertyValue {
  if (Array.isArray(value)) return value.map((member) => renamed(member, rename));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), renamed(member, rename)]));
}
