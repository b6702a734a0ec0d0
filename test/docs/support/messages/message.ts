/** Stands for a value in a message. */
export const VALUE = "…";

/** Text that the library shows to users. */
export interface Message {
  /** The text; "…" stands for each value. */
  text: string;
  /** Source file, like "lib/scripts/worker.sh". */
  file: string;
  line: number;
  /** Set for parts of messages without a cure of their own, like names: they need no entry. */
  isOptional: boolean;
}

/** Returns the words of a message between its values, without what surrounds them. */
export function partsOf(text: string): string[] {
  return text
    .split(VALUE)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Returns whether a text is a sentence or a part of one, and not a name. */
export function isWordy(text: string): boolean {
  return partsOf(text).some((part) => /[a-z]{2,}[,;:)"]* [("]*[a-z]{2,}/i.test(part));
}

/** Fewest words of an entry that may leave out others: fewer are in too many messages. */
const FEWEST_WORDS = 2;

/** Returns whether an entry has the words of a message, in their order. An entry of some words may leave out what is around and between them. */
export function tells(entry: string, text: string): boolean {
  const words = entry.match(/[a-z]{2,}/gi) ?? [];
  if (words.length < FEWEST_WORDS) return partsOf(entry).join(VALUE) === partsOf(text).join(VALUE);
  let place = 0;
  return partsOf(entry).every((part) => {
    const found = text.indexOf(part, place);
    place = found + part.length;
    return found >= 0;
  });
}
