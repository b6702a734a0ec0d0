import type * as pulumi from "@pulumi/pulumi";
import { generationsOf } from "../../lib/rotation/keyrings.ts";
import type { KeyringSettings } from "../../lib/rotation/settings.ts";
import { remember } from "../engine/remember.ts";

/** Keys of one purpose. */
export interface Generations<T> {
  /** Key that is in use. */
  used: pulumi.Output<T>;
  /** Other keys that are trusted. */
  others: pulumi.Output<T>[];
}

/**
 * Keeps a value for each generation of a key. The first one has no number in its name, because clusters from before rotations have it. The
 * value of a generation that is no longer trusted leaves the state.
 */
export function generations<T>(
  name: string,
  phase: KeyringSettings,
  make: () => pulumi.Input<T>,
  opts: pulumi.CustomResourceOptions,
  first: () => pulumi.Output<T> = () => remember(name, make, opts),
): Generations<T> {
  const [used, ...others] = generationsOf(phase).map((generation) =>
    generation === 1 ? first() : remember(`${name}-${generation}`, make, opts),
  );
  return { used: used!, others };
}
