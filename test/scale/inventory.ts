import { TYPES } from "../../operations/state/types.ts";
import type { EngineStack } from "./engine.ts";
import type { FakeCloud } from "./openstack/fake-cloud.ts";

/** Numbers of objects by kind. */
export type Inventory = Record<string, number>;

/** Numbers of what a cloud has, without tokens: those end by themselves. */
export function objectsOf({ inventory: { tokens: _, ...objects } }: FakeCloud): Inventory {
  return objects;
}

/** What there is more or less of than there should be. */
export function difference(there: Inventory, wanted: Inventory): Inventory {
  const kinds = Object.entries(there).map(([kind, count]) => [kind, count - (wanted[kind] ?? 0)] as const);
  return Object.fromEntries(kinds.filter(([, count]) => count !== 0));
}

/** Such numbers in words. */
export function inWords(objects: Inventory): string {
  const kinds = Object.entries(objects).map(([kind, count]) => `${count} ${kind}`);
  return kinds.join(", ") || "nothing";
}

/** Number of a cloud's servers that are not in the state. */
export async function unknownServers(stack: EngineStack, { nova }: FakeCloud): Promise<number> {
  return nova.servers.store.size - (await stack.urns(TYPES.server)).length;
}
