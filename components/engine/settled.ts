import * as pulumi from "@pulumi/pulumi";

/** Method of outputs that the SDK's types leave out. */
interface Promising {
  promise(): Promise<unknown>;
}

/** Waits until an output has a value or never will, because it failed or the engine does not know it. Returns the value or `undefined`. */
export async function settled(input: pulumi.Input<unknown>): Promise<unknown> {
  const output = pulumi.recover(pulumi.output(input), () => undefined) as unknown as Promising;
  return output.promise();
}

/**
 * Handles the failure of a resource, so that the program does not fail with it. Pulumi reports the failure anyway, and after a failed
 * program it would delete nothing.
 */
export function tolerateFailure(resource: pulumi.CustomResource): void {
  for (const output of Object.values(resource)) if (pulumi.Output.isInstance(output)) pulumi.recover(output, () => undefined);
}

/** Waits until the engine is done with a resource. Returns whether the resource exists. */
export async function exists(resource: pulumi.CustomResource): Promise<boolean> {
  return (await settled(resource.id)) !== undefined;
}
