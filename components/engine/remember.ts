import * as pulumi from "@pulumi/pulumi";

/**
 * A secret value that is made once and kept in the encrypted state: what later runs make is thrown away.
 * Replacing the resource (`pulumi up --replace`) makes it anew.
 */
export function remember<T>(name: string, make: () => pulumi.Input<T>, opts: pulumi.CustomResourceOptions): pulumi.Output<T> {
  return stash(name, make, opts).output as pulumi.Output<T>;
}

/** The same, with the resource itself. */
export function stash<T>(name: string, make: () => pulumi.Input<T>, opts: pulumi.CustomResourceOptions): pulumi.Stash {
  return new pulumi.Stash(name, { input: pulumi.secret(make()) }, { ...opts, ignoreChanges: ["input"] });
}
