/** How fast pods came to run. */
export interface PodRates {
  running: number;
  /** Seconds from the first request to the last pod's start. */
  seconds: number;
  perSecond: number;
  /** Pods a second of each chunk of pods. */
  perChunk: number[];
}

/** Rates from the moments, in seconds since the first request, at which pods became ready. */
export function podRates(moments: readonly number[], chunk: number): PodRates {
  const sorted = moments.toSorted((one, other) => one - other);
  const seconds = sorted.at(-1) ?? 0;
  const ends = Array.from({ length: Math.ceil(sorted.length / chunk) }, (_, index) => Math.min((index + 1) * chunk, sorted.length));
  const perChunk = ends.map((end, index) => {
    const begin = index * chunk;
    return rate(end - begin, sorted[end - 1]! - (begin === 0 ? 0 : sorted[begin - 1]!));
  });
  return { running: sorted.length, seconds: Math.round(seconds * 10) / 10, perSecond: rate(sorted.length, seconds), perChunk };
}

/** Pods say when they became ready to the second: less than one counts as one. */
function rate(pods: number, seconds: number): number {
  return Math.round((pods / Math.max(seconds, 1)) * 10) / 10;
}
