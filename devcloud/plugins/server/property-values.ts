import { createRequire } from "node:module";

/** Property in the engine's format: JSON in which secrets, assets and unknown values are marked. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export type PropertyMap = { [name: string]: PropertyValue };

const { specialArchiveSig, specialSecretSig, specialSigKey, unknownValue } = createRequire(import.meta.url)(
  "@pulumi/pulumi/runtime/rpc.js",
) as typeof import("@pulumi/pulumi/runtime/rpc.js");

/** Mark of a value that a preview cannot know yet. */
export const unknown: string = unknownValue;

/** Marks a value as a secret. The engine then encrypts it in the state and hides it in the output. */
export function secret(value: PropertyValue): PropertyMap {
  return isSecret(value) ? value : { [specialSigKey]: specialSecretSig, value };
}

export function isSecret(value: PropertyValue | undefined): value is PropertyMap & { value: PropertyValue } {
  return isMap(value) && value[specialSigKey] === specialSecretSig;
}

/** Returns whether a value is an asset of many files, such as a folder. */
export function isArchive(value: PropertyValue | undefined): boolean {
  return isMap(value) && value[specialSigKey] === specialArchiveSig;
}

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the same value without the marks of secrets, at every depth. */
export function reveal(value: PropertyValue): PropertyValue {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, reveal(member)]));
  return value;
}

export function hasUnknown(value: PropertyValue): boolean {
  return some(value, (part) => part === unknown);
}

export function hasSecret(value: PropertyValue): boolean {
  return some(value, isSecret);
}

/**
 * Lists every text that must not be shown. In a secret object whose members are marked themselves, such as a connection with its private
 * key, only these members are secret: messages need its host and user. The same is true of a state's inputs, all of which the Kubernetes
 * plugin marks.
 */
export function secretTexts(value: PropertyValue): string[] {
  if (isSecret(value)) return hasSecret(value.value) ? secretTexts(value.value) : texts(value.value);
  if (isMap(value) && isSecret(value.__inputs ?? null)) {
    const { __inputs, ...others } = value;
    return [...secretTexts(others), ...secretTexts((__inputs as { value: PropertyValue }).value)];
  }
  return members(value).flatMap(secretTexts);
}

function texts(value: PropertyValue): string[] {
  return typeof value === "string" ? [value] : members(value).flatMap(texts);
}

function some(value: PropertyValue, matches: (part: PropertyValue) => boolean): boolean {
  return matches(value) || members(value).some((member) => some(member, matches));
}

function members(value: PropertyValue): PropertyValue[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}
