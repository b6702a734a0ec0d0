import { countOf, type Histogram, histogram, quantile, since } from "./metrics.ts";

/** Verbs of writes and of reads. Watches are not included, since they last as long as their clients want. */
const VERBS = { mutating: ["POST", "PUT", "PATCH", "DELETE", "APPLY"], read: ["GET", "LIST"] };

/** Metrics of the scheduler: an attempt for a pod, the choice of its node, and the time from its first attempt to its node. */
const SCHEDULER = {
  attempt: "scheduler_scheduling_attempt_duration_seconds",
  algorithm: "scheduler_scheduling_algorithm_duration_seconds",
  pod: "scheduler_pod_scheduling_sli_duration_seconds",
};

export interface Latency {
  count: number;
  /** Milliseconds. */
  p50: number | undefined;
  p99: number | undefined;
}

/** Metrics of the API server and the scheduler at one moment. */
export interface Readings {
  apiServer: string;
  scheduler: string;
}

/** Returns latencies of the API server's requests, by kind and by verb, between two readings. */
export function requestLatencies(before: Readings, after: Readings): Record<string, Latency> {
  const name = "apiserver_request_duration_seconds";
  const of = (verbs: readonly string[]) => {
    const read = ({ apiServer }: Readings) => histogram(apiServer, name, ({ verb }) => verbs.includes(verb ?? ""));
    return latency(since(read(before), read(after)));
  };
  const groups = Object.entries(VERBS).map(([group, verbs]) => [group, of(verbs)] as const);
  const verbs = Object.values(VERBS).flat();
  return Object.fromEntries([...groups, ...verbs.map((verb) => [verb, of([verb])] as const)].filter(([, { count }]) => count > 0));
}

/** Returns latencies of the scheduler between two readings. */
export function schedulerLatencies(before: Readings, after: Readings): Record<keyof typeof SCHEDULER, Latency> {
  const of = (name: string) => latency(since(histogram(before.scheduler, name), histogram(after.scheduler, name)));
  return { attempt: of(SCHEDULER.attempt), algorithm: of(SCHEDULER.algorithm), pod: of(SCHEDULER.pod) };
}

function latency(buckets: Histogram): Latency {
  return { count: countOf(buckets), p50: milliseconds(quantile(buckets, 0.5)), p99: milliseconds(quantile(buckets, 0.99)) };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 100_000) / 100;
}
