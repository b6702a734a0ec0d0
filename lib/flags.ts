import type { Problems } from "./problems.ts";

/**
 * Checks the names of command-line arguments, which are written without dashes.
 * @param elsewhere property of each argument that has one of its own
 */
export function checkFlagNames(flags: object, elsewhere: Readonly<Record<string, string>>, problems: Problems): void {
  for (const flag of Object.keys(flags)) {
    const bare = flag.replace(/^-+/, "");
    if (!/^[a-z0-9][a-z0-9-]*$/i.test(bare))
      problems.add(`["${flag}"]`, `"${flag}" is no name of an argument; write it without dashes and value, like "v"`);
    else if (bare !== flag) problems.add(`["${flag}"]`, `"${flag}" begins with dashes, which are added; write it "${bare}"`);
    if (elsewhere[bare] !== undefined) problems.add(bare, `is set elsewhere; use ${elsewhere[bare]}`);
  }
}
