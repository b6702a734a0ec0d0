/** Shortest value that is looked for: shorter ones, like "true", are no secrets and stand in many texts. */
const SHORTEST = 6;

/** Makes a function that replaces secret values in a text. */
export function redacting(secrets: readonly string[]): (text: string) => string {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split("\n")]).map((line) => line.trim());
  const known = [...new Set(lines.filter((line) => line.length >= SHORTEST))].sort((a, b) => b.length - a.length);
  return (text) => known.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
}
