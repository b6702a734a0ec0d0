import * as pulumi from "@pulumi/pulumi";

/** Value for `dependsOn` that waits for something without naming resources. */
export type Ready = pulumi.Output<pulumi.Resource[]>;

/** Returns a value that is known only when others are known, too. It has the dependencies of all of them. */
export function after<T>(value: pulumi.Output<T>, ...others: pulumi.Input<unknown>[]): pulumi.Output<T>;
export function after<T>(value: pulumi.Input<T>, ...others: pulumi.Input<unknown>[]): pulumi.Output<pulumi.Unwrap<T>>;
export function after(...values: pulumi.Input<unknown>[]): pulumi.Output<unknown> {
  return pulumi.all(values).apply(([value]) => value);
}

/** Returns a value for `dependsOn` that is known when all inputs are. When one fails, resources that wait for it are not created. */
export function gate(...awaited: pulumi.Input<unknown>[]): Ready {
  return pulumi.all(awaited).apply((): pulumi.Resource[] => []);
}

/** Returns a gate whose failure does not fail a program in which no resource waits for it: Pulumi reports each failure anyway. */
export function allReady(done: pulumi.Input<unknown>[]): Ready {
  const ready = gate(...done);
  pulumi.recover(ready, () => []);
  return ready;
}
