import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { markText } from "../../lib/ownership.ts";

/** Mark of a component's cloud objects as this stack's, even before the state records them. */
export interface MarkArgs {
  /** Name of the cluster, in the tags of all objects. */
  clusterName: string;
  /**
   * Unique id of a resource of this stack, for the description of objects and the metadata of servers. It identifies the orphan of a failed
   * creation.
   * @default a random id for each object, and none for servers
   */
  mark?: pulumi.Input<string>;
}

/**
 * Makes the description of a resource's object. The resource's name in it is unique among the stack's objects of that type. The resource
 * must ignore changes of the description, so that the object keeps its first mark.
 */
export function markedDescription(
  { clusterName, mark = randomUUID() }: MarkArgs,
  resource: string,
): { description: pulumi.Output<string> } {
  return { description: pulumi.output(mark).apply((stack) => markText({ clusterName, stack, resource })) };
}
