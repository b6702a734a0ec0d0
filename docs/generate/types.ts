import type { Declaration } from "./declarations.ts";

/** Members of a union as it is written, through aliases. */
export function membersOf(type: string, declarations: ReadonlyMap<string, Declaration>): string[] {
  const { alias } = declarations.get(type) ?? {};
  if (alias !== undefined) return membersOf(alias, declarations);
  const parts = type
    .replace(/^\s*\|/, "")
    .split("|")
    .map((part) => part.trim());
  return parts.length === 1 ? parts : parts.flatMap((part) => membersOf(part, declarations));
}

/** Type of the values of a `Record<string, T>`. */
export function valueType(type: string): string | undefined {
  return /^Record<string, (.+)>$/.exec(type)?.[1];
}

/** Type of the items of a `T[]`. */
export function itemType(type: string): string | undefined {
  return /^(.+)\[\]$/.exec(type)?.[1];
}

/** A type without `Input<>`: whoever writes a value need not know that it may come later. */
export function plainType(type: string): string {
  return /^Input<(.+)>$/.exec(type)?.[1] ?? type;
}

/** Names of declared types that a type mentions. */
export function mentioned(type: string, declarations: ReadonlyMap<string, Declaration>): string[] {
  return [...type.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name).filter((name) => declarations.has(name));
}

/** The value that the tag @default gives, when it gives one: `"text"`, a number, true, false or an object. */
export function defaultValue(text: string | undefined): unknown {
  const literal = /^("[^"]*"|-?\d+|true|false|\{[^}]*\}|https?:\S+)(?=$| \()/.exec(text ?? "")?.[1];
  if (literal === undefined) return undefined;
  if (literal.startsWith("http")) return literal;
  return JSON.parse(literal.replace(/(\w+): /g, '"$1": '));
}
