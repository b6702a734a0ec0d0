import type * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
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

/** Returns the certificates of the CAs that are trusted beside the one in use, PEM. */
export function certificatesOf({ others }: Generations<KeyPair>): pulumi.Output<string>[] {
  return others.map((ca) => ca.apply(({ certificate }) => certificate));
}

/**
 * Returns what triggers the new signature of a certificate in the state: its renewals, and another generation of its CA. The first
 * generation has the form that it had before there were others.
 */
export function signedBy(generation: number, renewals: pulumi.Output<number>): pulumi.Output<number | string> {
  return generation === 1 ? renewals : renewals.apply((count) => `${generation}: ${count}`);
}
