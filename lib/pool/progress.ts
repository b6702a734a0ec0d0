/** How far the nodes of a pool are. */
export interface PoolCounts {
  wanted: number;
  /** Whose server is there. */
  created: number;
  /** Whose batch was contacted. */
  booted: number;
  /** Whose batch has joined. */
  joined: number;
  /** Whose server is not there, and will not be in this run. */
  failed: number;
}

/** What of it was done since the first of it began. */
export interface PoolPace {
  created: number;
  joined: number;
  seconds: number;
}

/** A line that says how far a pool is, and how long the rest takes: of the servers, or once all are there, of the joins. */
export function progressLine(pool: string, counts: PoolCounts, pace: PoolPace): string {
  const { wanted, created, booted, joined, failed } = counts;
  const failures = failed > 0 ? `, ${failed} failed` : "";
  return `pool ${pool}: ${created} of ${wanted} created, ${booted} booted, ${joined} joined${failures}${forecast(counts, pace)}`;
}

function forecast({ wanted, created, joined, failed }: PoolCounts, pace: PoolPace): string {
  const possible = wanted - failed;
  const [left, done] = created < possible ? [possible - created, pace.created] : [possible - joined, pace.joined];
  if (left === 0 || done === 0) return "";
  const aMinute = (done * 60) / pace.seconds;
  const minutes = Math.round(left / aMinute);
  const rest = left < aMinute ? "less than a minute left" : `about ${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
  return `; ${Math.max(1, Math.round(aMinute))} a minute, ${rest}`;
}
