/** Progress of a pool: numbers of its nodes. */
export interface PoolCounts {
  wanted: number;
  /** Nodes whose server exists. */
  created: number;
  /** Nodes whose batch was contacted. */
  booted: number;
  /** Nodes whose batch has joined. */
  joined: number;
  /** Nodes whose server does not exist, and will not in this run. */
  failed: number;
}

/** Pace of a pool: what was done since its first node began. */
export interface PoolPace {
  created: number;
  joined: number;
  seconds: number;
}

/** Writes a line with a pool's progress and the time left: for the servers, and once all exist, for the joins. */
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
