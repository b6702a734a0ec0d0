import * as pulumi from "@pulumi/pulumi";

/**
 * Makes a secret value once and keeps it in the encrypted state. Values that later runs make are discarded. Replacing the resource
 * (`pulumi up --replace`) records a new value, which is no rotation: what has the former one is cut off at once.
 */
export function remember<T>(name: string, make: () => pulumi.Input<T>, opts: pulumi.CustomResourceOptions): pulumi.Output<T> {
  return stash(name, make, opts).output as pulumi.Output<T>;
}

/** Does the same, and returns the resource itself. */
export function stash<T>(name: string, make: () => pulumi.Input<T>, opts: pulumi.CustomResourceOptions): pulumi.Stash {
  return new pulumi.Stash(name, { input: pulumi.secret(make()) }, { ...opts, ignoreChanges: ["input"] });
}
