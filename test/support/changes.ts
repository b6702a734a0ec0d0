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

/** Returns a plan with the values that Stashes got in earlier ones, for the next run: the engine keeps the first. */
export function remembered(before: readonly Registered[], after: readonly Registered[]): Registered[] {
  const known = new Map(before.filter(({ type }) => type === "pulumi:index:Stash").map((stash) => [stash.name, stash]));
  return after.map((resource) => (resource.type === "pulumi:index:Stash" ? (known.get(resource.name) ?? resource) : resource));
}

function byIdentity(plan: readonly Registered[]): Map<string, Registered> {
  return new Map(plan.map((resource) => [`${resource.type} ${resource.name}`, resource]));
}

function changedProperties(before: Registered, { inputs, ignoreChanges }: Registered): string[] {
  return [...new Set([...Object.keys(before.inputs), ...Object.keys(inputs)])]
    .filter((property) => !ignoreChanges.includes(property))
    .filter((property) => !isDeepStrictEqual(before.inputs[property], inputs[property]));
}
