import type * as pulumi from "@pulumi/pulumi";
import { after } from "./gate.ts";

/**
 * Returns the outputs of a complete component. They are known only when all parts exist that a failed creation can leave behind as orphans.
 * A component without outputs in the state is incomplete, and the next run looks for its orphans (operations/state/completion.ts). So
 * `registerOutputs` is the last statement of a constructor, and gets its outputs from here.
 * @param parts parts that the outputs do not depend on anyway
 */
export function completeWith<T extends object>(outputs: T, parts: pulumi.Input<unknown>[]): { [K in keyof T]: pulumi.Output<unknown> } {
  const entries = Object.entries(outputs).map(([name, value]) => [name, after(value as pulumi.Input<unknown>, ...parts)]);
  return Object.fromEntries(entries) as { [K in keyof T]: pulumi.Output<unknown> };
}
