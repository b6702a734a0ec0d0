/** Returns whether the first dotted version in a text such as "go1.26.8" or "v3.259.0-alpha" is at least the given one. */
export function atLeast(text: string, minimum: string): boolean {
  const version = numbers(text);
  const wanted = numbers(minimum);
  for (let i = 0; i < wanted.length; i++) {
    const difference = (version[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(text: string): number[] {
  const dotted = /\d+(\.\d+)*/.exec(text)?.[0];
  if (dotted === undefined) throw new Error(`no version number in "${text.trim()}": expected something like 1.2.3`);
  return dotted.split(".").map(Number);
}
