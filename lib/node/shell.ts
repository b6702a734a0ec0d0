/** Quotes a text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Variables of a script by name. */
type Variables<Names> = { readonly [Name in keyof Names]: string | undefined };

/** Writes shell assignments, one a line, for the standard input of a script on a node. */
export function shellAssignments<Names extends Variables<Names>>(variables: Names): string {
  return Object.entries<string>(variables as Record<string, string>)
    .map(([name, value]) => `${name}=${shellQuote(value)}\n`)
    .join("");
}

/** Assignment that tells a script that Pulumi creates its resource. An update follows a successful creation, and does not have it. */
export const FIRST_RUN = "FIRST_RUN=yes";

/**
 * Makes a command line that runs the bash script on its standard input as root, whatever shell the SSH user has. It ends the script after
 * some seconds, because a script outlives the connection that started it.
 */
export function scriptFromInput(user: string, seconds: number, form: "plain" | "packed" = "plain", run: "first" | "any" = "any"): string {
  const read = form === "packed" ? "base64 -d | gzip -d" : "cat";
  // The whole script is read before it runs, so that none of its commands can consume the rest. When the read fails, the command fails.
  const script = `${run === "first" ? `${FIRST_RUN}; ` : ""}script=$(${read}) || exit; eval "$script"`;
  return `${user === "root" ? "" : "sudo -n "}timeout --kill-after=10 ${seconds} bash -c '${script}'`;
}
