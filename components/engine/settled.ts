import * as pulumi from "@pulumi/pulumi";

/** What the SDK keeps out of the types of its outputs. */
interface Promising {
  promise(): Promise<unknown>;
}

/** Waits until an output has a value or never will: it failed, or the engine says that it is not known. */
export async function settled(input: pulumi.Input<unknown>): Promise<unknown> {
  const output = pulumi.recover(pulumi.output(input), () => undefined) as unknown as Promising;
  return output.promise();
}

/**
 * Takes note of a resource's failure, so that the program does not fail with it: Pulumi says anyway what failed and why, and
 * after a program that failed it deletes nothing.
 */
export function tolerateFailure(resource: pulumi.CustomResource): void {
  for (const output of Object.values(resource)) if (pulumi.Output.isInstance(output)) pulumi.recover(output, () => undefined);
}

/** Waits until the engine is done with a resource; says whether that is there. */
export async function isMade(resource: pulumi.CustomResource): Promise<boolean> {
  return (await settled(resource.id)) !== undefined;
}
