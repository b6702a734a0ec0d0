import { isDeepStrictEqual } from "node:util";
import type { Registered } from "./deploy.ts";

/** Lists the engine's steps from one plan to another: a line for each resource that is created, deleted or changed. */
export function changes(before: readonly Registered[], after: readonly Registered[]): string[] {
  const [old, wanted] = [byIdentity(before), byIdentity(after)];
  return [
    ...[...wanted].flatMap(([identity, resource]) => {
      const known = old.get(identity);
      if (!known) return [`+ ${identity}`];
      const properties = changedProperties(known, resource);
      return properties.length === 0 ? [] : [`~ ${identity}: ${properties.join(", ")}`];
    }),
    ...[...old.keys()].filter((identity) => !wanted.has(identity)).map((identity) => `- ${identity}`),
  ];
}

function byIdentity(plan: readonly Registered[]): Map<string, Registered> {
  return new Map(plan.map((resource) => [`${resource.type} ${resource.name}`, resource]));
}

function changedProperties(before: Registered, { inputs, ignoreChanges }: Registered): string[] {
  return [...new Set([...Object.keys(before.inputs), ...Object.keys(inputs)])]
    .filter((property) => !ignoreChanges.includes(property))
    .filter((property) => !isDeepStrictEqual(before.inputs[property], inputs[property]));
}
