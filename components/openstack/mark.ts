import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { markText } from "../../lib/ownership.ts";

/** By what the objects of a component are known as this stack's own before the state knows them. */
export interface MarkArgs {
  /** Name of the cluster, in the tags of all objects. */
  clusterName: string;
  /**
   * Id of a resource of this stack that is like no other, in the description of objects: what a creation leaves behind when
   * it fails is known by it. @default none
   */
  mark?: pulumi.Input<string>;
}

/**
 * The description of the object of a resource, by whose name it is told from the stack's others of its kind. Whoever makes it
 * ignores changes: it keeps the mark that it was made with.
 */
export function markedDescription(
  { clusterName, mark = randomUUID() }: MarkArgs,
  resource: string,
): { description: pulumi.Output<string> } {
  return { description: pulumi.output(mark).apply((stack) => markText({ clusterName, stack, resource })) };
}
