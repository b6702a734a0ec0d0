import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isMap, type PropertyMap, type PropertyValue, reveal } from "../../server/property-values.ts";
import { annotation } from "./kubernetes-object.ts";
import { asPropertyNames, withSecrets } from "./object-inputs.ts";

/** Data in the state of an object beside the object itself. */
export interface Origin {
  fieldManager: string;
  /** apiVersion with which the object was created. */
  initialApiVersion: string;
}

/** Makes the state of an object: the server's version of it, and the inputs that led to it. */
export function checkpoint(live: PropertyMap, inputs: PropertyMap, { fieldManager, initialApiVersion }: Origin): PropertyMap {
  return {
    ...withSecrets(asPropertyNames(live), inputs),
    __inputs: withSecrets(asPropertyNames(reveal(inputs) as PropertyMap), inputs),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** Returns the origin of an object. A new object gets its own field manager. */
export function originOf(state: PropertyMap, inputs: PropertyMap): Origin {
  const remembered =
    typeof state.__fieldManager === "string" ? state.__fieldManager : `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  return {
    fieldManager: annotation(inputs, "pulumi.com/patchFieldManager") || remembered,
    initialApiVersion: String(state.__initialApiVersion ?? inputs.apiVersion),
  };
}

/** Returns the object in a state, as the server had it. */
export function liveObject(state: PropertyMap): PropertyMap {
  const { __inputs, __initialApiVersion, __fieldManager, ...object } = state;
  return object;
}

/**
 * Returns the inputs, with values from the cluster where others have changed them. A value that the server only writes in another form,
 * such as "1" for "1000m", had that form before as well, so it is no change.
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
