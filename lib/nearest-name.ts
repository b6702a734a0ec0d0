/** Least characters of a beginning that identifies a name. */
const SHORTEST_BEGINNING = 4;

/** Finds the name that a misspelt one means: with few mistakes, or with the same beginning. Returns `undefined` when none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, mistakes: mistakesBetween(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, mistakes }) => mistakes <= mostMistakes(given) || begins(given, name) || begins(name, given))
    .sort((a, b) => a.mistakes - b.mistakes);
  return near[0]?.name;
}

/** Returns whether a name is so close to another that it can only be a mistake. */
export function isTypoOf(given: string, name: string): boolean {
  return given !== name && mistakesBetween(given.toLowerCase(), name.toLowerCase()) <= 2;
}

/** Writes what to use in place of an unknown name: the nearest, or else any of the known names. */
export function nameAdvice(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? `use one of ${names.join(", ")}` : `use "${nearest}"`;
}

function mostMistakes(name: string): number {
  return Math.max(1, Math.floor(name.length / 3));
}

function begins(name: string, longer: string): boolean {
  return name.length >= SHORTEST_BEGINNING && longer.toLowerCase().startsWith(name.toLowerCase());
}

/** Counts the letters that are missing, surplus, wrong or swapped with their neighbour (optimal string alignment). */
function mistakesBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      const options = [last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + differs];
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) options.push(beforeLast[column - 2]! + 1);
      current.push(Math.min(...options));
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length]!;
}
