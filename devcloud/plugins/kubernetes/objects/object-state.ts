import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isMap, type PropertyMap, type PropertyValue, reveal } from "../../server/property-values.ts";
import { annotation } from "./kubernetes-object.ts";
import { asPropertyNames, withSecrets } from "./object-inputs.ts";

/** What the state of an object holds besides the object itself. */
export interface Origin {
  fieldManager: string;
  /** The apiVersion that the object was made with. */
  initialApiVersion: string;
}

/** The state of an object: what the server has, and the inputs that led to it. */
export function checkpoint(live: PropertyMap, inputs: PropertyMap, { fieldManager, initialApiVersion }: Origin): PropertyMap {
  return {
    ...withSecrets(asPropertyNames(live), inputs),
    __inputs: withSecrets(asPropertyNames(reveal(inputs) as PropertyMap), inputs),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** Who made the object; a new one gets a field manager of its own. */
export function originOf(state: PropertyMap, inputs: PropertyMap): Origin {
  const remembered =
    typeof state.__fieldManager === "string" ? state.__fieldManager : `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  return {
    fieldManager: annotation(inputs, "pulumi.com/patchFieldManager") || remembered,
    initialApiVersion: String(state.__initialApiVersion ?? inputs.apiVersion),
  };
}

/** The object in a state, as the server had it. */
export function liveObject(state: PropertyMap): PropertyMap {
  const { __inputs, __initialApiVersion, __fieldManager, ...object } = state;
  return object;
}

/**
 * The inputs, with every value that somebody else has changed in the cluster as it is there now. A value that the server only spells
 * in another way, such as "1" for "1000m", was spelt that way before as well: it is not taken for a change.
 */
export function inputsWithDrift(
  inputs: PropertyValue,
  before: PropertyValue | undefined,
  now: PropertyValue | undefined,
): PropertyValue | undefined {
  if (isDeepStrictEqual(before, now)) return inputs;
  if (!isMap(inputs) || !isMap(now)) return now;
  const pairs = Object.entries(inputs).map(([name, value]) => [
    name,
    inputsWithDrift(value, isMap(before) ? before[name] : undefined, now[name]),
  ]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
