/** Rates at which pods started. */
export interface PodRates {
  running: number;
  /** Seconds from the first request to the last pod's start. */
  seconds: number;
  perSecond: number;
  /** Pods a second, for each chunk of pods. */
  perChunk: number[];
}

/** Computes rates from the moments at which pods became ready, in seconds since the first request. */
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

/** Computes a rate. Pods record their moments in whole seconds, so less than one second counts as one. */
function rate(pods: number, seconds: number): number {
  return Math.round((pods / Math.max(seconds, 1)) * 10) / 10;
}
