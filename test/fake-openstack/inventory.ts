import type { FakeCloud } from "./fake-cloud.ts";

/** Numbers of objects by kind. */
export type Inventory = Record<string, number>;

/** Counts the objects of a cloud, without tokens, which end by themselves. */
export function objectsOf({ inventory: { tokens: _, ...objects } }: FakeCloud): Inventory {
  return objects;
}

/** Returns the difference between the present and the wanted numbers, without kinds that are equal. */
export function difference(there: Inventory, wanted: Inventory): Inventory {
  const kinds = Object.entries(there).map(([kind, count]) => [kind, count - (wanted[kind] ?? 0)] as const);
  return Object.fromEntries(kinds.filter(([, count]) => count !== 0));
}

/** Writes such numbers as words. */
export function inWords(objects: Inventory): string {
  const kinds = Object.entries(objects).map(([kind, count]) => `${count} ${kind}`);
  return kinds.join(", ") || "nothing";
}
