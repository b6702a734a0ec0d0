import * as pulumi from "@pulumi/pulumi";

/** A value for `dependsOn` that waits for something without naming resources. */
export type Ready = pulumi.Output<pulumi.Resource[]>;

/** A value that is known only when others are, too; it depends on all that they depend on. */
export function after<T>(value: pulumi.Output<T>, ...others: pulumi.Input<unknown>[]): pulumi.Output<T>;
export function after<T>(value: pulumi.Input<T>, ...others: pulumi.Input<unknown>[]): pulumi.Output<pulumi.Unwrap<T>>;
export function after(...values: pulumi.Input<unknown>[]): pulumi.Output<unknown> {
  return pulumi.all(values).apply(([value]) => value);
}

/** A value for `dependsOn` that is known when all inputs are. A resource that waits for it is not made when one of them fails. */
export function gate(...awaited: pulumi.Input<unknown>[]): Ready {
  return pulumi.all(awaited).apply((): pulumi.Resource[] => []);
}

/** A gate that fails no program in which nobody waits for it: Pulumi tells of each failure anyway. */
export function allReady(done: pulumi.Input<unknown>[]): Ready {
  const ready = gate(...done);
  pulumi.recover(ready, () => []);
  return ready;
}
