/** Times of replacements, ISO 8601, by the key of the machine's place: the name of its resource, which stays when it is replaced. */
export type Ledger = Readonly<Record<string, readonly string[]>>;

const HOUR = 60 * 60 * 1000;

/** Longest window of a policy in hours. Older times are dropped. */
const KEPT_HOURS = 168;

/** Counts the replacements of a place in the hours before a time. */
export function replacementsOf(ledger: Ledger, key: string, time: string, hours: number): number {
  return (ledger[key] ?? []).filter((each) => Date.parse(time) - Date.parse(each) < hours * HOUR).length;
}

/** Returns the ledger with a replacement of each of these places, and without those that no window counts any more. */
export function recorded(ledger: Ledger, keys: readonly string[], time: string): Ledger {
  const places = [...new Set([...Object.keys(ledger), ...keys])].sort();
  const entries = places.map((key) => [key, [...(ledger[key] ?? []), ...(keys.includes(key) ? [time] : [])]] as const);
  const kept = entries.map(
    ([key, times]) => [key, times.filter((each) => Date.parse(time) - Date.parse(each) < KEPT_HOURS * HOUR)] as const,
  );
  return Object.fromEntries(kept.filter(([, times]) => times.length > 0));
}

/** Returns the ledger in the data of its ConfigMap: a line of times for each place. What is no time is left out. */
export function ledgerIn(data: Readonly<Record<string, string>> | undefined): Ledger {
  const times = (text: string) => text.split(/\s+/).filter((each) => !Number.isNaN(Date.parse(each)));
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, text]) => [key, times(text)]));
}

/** Writes the data of the ledger's ConfigMap. */
export function ledgerData(ledger: Ledger): Record<string, string> {
  return Object.fromEntries(Object.entries(ledger).map(([key, times]) => [key, times.join(" ")]));
}
