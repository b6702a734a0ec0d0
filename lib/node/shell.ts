/** A text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Variables of a script: texts by name. */
type Variables<Names> = { readonly [Name in keyof Names]: string | undefined };

/** Shell assignments, one a line, for the standard input of a script on a node. */
export function shellAssignments<Names extends Variables<Names>>(variables: Names): string {
  return Object.entries<string>(variables as Record<string, string>)
    .map(([name, value]) => `${name}=${shellQuote(value)}\n`)
    .join("");
}

/** What a command tells its script that Pulumi runs to create a resource: what it updates has been created, by a run that succeeded. */
export const FIRST_RUN = "FIRST_RUN=yes";

/**
 * A command line that runs the bash script on its standard input as root, whatever shell the SSH user has, and ends it after
 * some seconds, because a script outlives the connection that started it.
 */
export function scriptFromInput(user: string, seconds: number, form: "plain" | "packed" = "plain", run: "first" | "any" = "any"): string {
  const read = form === "packed" ? "base64 -d | gzip -d" : "cat";
  // All of it is read before any of it runs, so that no command of the script can eat the rest; what cannot be read does not run as nothing.
  const script = `${run === "first" ? `${FIRST_RUN}; ` : ""}script=$(${read}) || exit; eval "$script"`;
  return `${user === "root" ? "" : "sudo -n "}timeout --kill-after=10 ${seconds} bash -c '${script}'`;
}
