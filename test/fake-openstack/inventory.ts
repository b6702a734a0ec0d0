import type { FakeCloud } from "./fake-cloud.ts";

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
