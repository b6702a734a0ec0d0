/** Names and ids, which differ between equal reasons. */
const OWN = /[0-9a-f]{8}-[0-9a-f-]{27}|urn:\S+|\d+\.\d+\.\d+\.\d+|caravan-\S+/g;

/** Counts the reasons of failures in Pulumi's output. Reasons of the plugin have asterisks, those of scripts the word "failed". */
export function reasonsOf(output: string): Record<string, number> {
  const lines = [...output.matchAll(/^\s+\* (?!\w+ urn:)(.*)|: (failed: .*)|^\s+error: (?:Error: )?(invocation .*)/gm)];
  const reasons = lines.map(([, plugin, script, program]) => (plugin ?? script ?? program ?? "").replaceAll(OWN, "...").slice(0, 160));
  return Object.fromEntries(Object.entries(Object.groupBy(reasons, (reason) => reason)).map(([reason, all = []]) => [reason, all.length]));
}
