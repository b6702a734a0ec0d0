/** Upper bounds of a histogram's buckets, in seconds, with the number of observations up to each. */
export type Histogram = ReadonlyMap<number, number>;

/** Selects series by their labels. */
export type LabelFilter = (labels: Record<string, string>) => boolean;

/** Sums all series of a counter or gauge in Prometheus' text format. */
export function metricSum(text: string, name: string, isWanted: LabelFilter = () => true): number {
  return series(text, name)
    .filter(({ labels }) => isWanted(labels))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Reads a histogram over all series of a name with wanted labels. */
export function histogram(text: string, name: string, isWanted: LabelFilter = () => true): Histogram {
  const buckets = new Map<number, number>();
  for (const { labels, value } of series(text, `${name}_bucket`)) {
    if (!isWanted(labels)) continue;
    const bound = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets;
}

/** Returns the observations of a histogram between two readings. */
export function since(before: Histogram, after: Histogram): Histogram {
  return new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]));
}

/** Returns the number of observations of a histogram. */
export function countOf(buckets: Histogram): number {
  return buckets.get(Number.POSITIVE_INFINITY) ?? 0;
}

/**
 * Computes a quantile like Prometheus, which assumes an even spread within a bucket. Beyond the last finite bound, the quantile is that
 * bound. Without observations, it is undefined.
 */
export function quantile(buckets: Histogram, share: number): number | undefined {
  const rank = share * countOf(buckets);
  if (rank === 0) return undefined;
  let [lowerBound, lowerCount] = [0, 0];
  for (const [bound, count] of [...buckets].sort(([one], [other]) => one - other)) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lowerBound;
      return lowerBound + ((bound - lowerBound) * (rank - lowerCount)) / (count - lowerCount);
    }
    [lowerBound, lowerCount] = [bound, count];
  }
  return undefined;
}

function series(text: string, name: string): { labels: Record<string, string>; value: number }[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => ({ labels: labelsOf(line), value: Number(line.slice(line.lastIndexOf(" ") + 1)) }));
}

function labelsOf(line: string): Record<string, string> {
  return Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!]));
}
