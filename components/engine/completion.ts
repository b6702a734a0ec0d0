import type * as pulumi from "@pulumi/pulumi";
import { after } from "./gate.ts";

/**
 * Outputs with which a component is complete: known only when all of its parts are made that a failed creation may leave behind. The
 * next run looks for such parts of components without outputs in the state (operations/state/completion.ts). So `registerOutputs` is
 * the last statement of a constructor, and a component gives it here what its outputs do not come from anyway.
 */
export function completeWith<T extends object>(outputs: T, parts: pulumi.Input<unknown>[]): { [K in keyof T]: pulumi.Output<unknown> } {
  const entries = Object.entries(outputs).map(([name, value]) => [name, after(value as pulumi.Input<unknown>, ...parts)]);
  return Object.fromEntries(entries) as { [K in keyof T]: pulumi.Output<unknown> };
}
