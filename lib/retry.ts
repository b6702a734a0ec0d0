import { setTimeout } from "node:timers/promises";

/** Most tries of an operation, the first included. With the delays below they last two minutes, in which a service may restart. */
export const MOST_TRIES = 8;

/** Longest delay before the second try in seconds. It doubles with each further try, up to LONGEST_DELAY. */
const FIRST_DELAY = 2;
const LONGEST_DELAY = 30;

/** Most tries after the answer that a host name does not exist, as long as the cloud has not answered in this run: it may be misspelt. */
const TRIES_OF_UNKNOWN_NAME = 3;

const UNKNOWN_NAME = "host name not found";

/**
 * Patterns of transient failures in the plugin's errors, with their names for users: the texts of gophercloud (errors.go of v1 and v2) and of
 * Go (syscall, net, net/http, and the C library's resolver).
 */
const TRANSIENT: readonly [RegExp, string][] = [
  [/timed out waiting for the request|Request Time-?out|\bgot 408 instead/i, "408 Request Timeout"],
  [/Too many requests have been sent|\bgot 429 instead/, "429 Too Many Requests"],
  [/Internal Server Error|\bgot 500 instead/, "500 Internal Server Error"],
  [/Bad Gateway|\bgot 502 instead/, "502 Bad Gateway"],
  [/currently unable to handle the request|Service Unavailable|\bgot 503 instead/, "503 Service Unavailable"],
  [/Gateway Time-?out|\bgot 504 instead/i, "504 Gateway Timeout"],
  [/no such host/, UNKNOWN_NAME],
  [/server misbehaving|name resolution|no answer from DNS server|lame referral|\blookup \S+.*i\/o timeout/, "host name not resolved"],
  [/connection refused/, "connection refused"],
  [/network is (unreachable|down)|no route to host|host is (unreachable|down)/, "no route"],
  [
    /\bEOF\b|connection reset|broken pipe|connection abort|server closed idle connection|use of closed network connection/,
    "connection cut",
  ],
  [/\bGOAWAY\b|http2: .*connection (lost|closed)|\bstream error: stream ID|transport connection broken/, "connection cut"],
  // A resource's own deadline has the same words, but none of a request before them.
  [/TLS handshake timeout|i\/o timeout|connection timed out|Client\.Timeout|": context deadline exceeded/, "no answer"],
];

/** Transient failures after which the service has certainly done nothing: it refused to, or the request was never sent. */
const UNDONE = /^(429 |connection refused|host name)/;
const NEVER_SENT = /\bdial (tcp|udp)\b|\bproxyconnect\b|TLS handshake timeout/;

/** Transient failure of an operation, which may succeed on a retry. */
export interface TransientFailure {
  /** Reason, for users. */
  reason: string;
  /** True when the object exists, and the plugin failed when it read it. */
  exists: boolean;
  /** True when the object may exist although the plugin does not know it. */
  mayExist: boolean;
}

/**
 * Finds the transient failure in an error of the plugin. Returns `undefined` for all other errors: a conflict, a quota, a server in ERROR.
 */
export function transientFailure(error: string): TransientFailure | undefined {
  const [, reason] = TRANSIENT.find(([pattern]) => pattern.test(error)) ?? [];
  if (reason === undefined || error.includes("unexpected state")) return undefined;
  // The bridge names the resource before the failure of an object that has an id already.
  const exists = /creating urn:/.test(error);
  return { reason, exists, mayExist: !exists && !UNDONE.test(reason) && !NEVER_SENT.test(error) };
}

/** Returns the most tries of an operation with a transient failure. */
export function mostTries({ reason }: Pick<TransientFailure, "reason">, hasAnswered: boolean): number {
  return reason === UNKNOWN_NAME && !hasAnswered ? TRIES_OF_UNKNOWN_NAME : MOST_TRIES;
}

/**
 * Returns the seconds before the retry of an operation, by the number of its failures: a random time up to a limit that doubles. So
 * operations that failed at the same time are not retried at the same time ("full jitter", AWS Architecture Blog, Exponential Backoff And
 * Jitter).
 */
export function retryDelay(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
}

/** Retries of a request. */
export interface RetryOptions {
  /** Called before each retry with a message for users. */
  onRetry: (message: string) => void;
  /** Returns whether the cloud has answered in this run. */
  hasAnswered: () => boolean;
}

/** Runs a request, and retries it after transient failures. Only for requests that change nothing. */
export async function retry<T>(request: () => Promise<T>, options: RetryOptions, failures = 0): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const failure = transientFailure(String(error));
    if (!failure || failures + 1 >= mostTries(failure, options.hasAnswered())) throw error;
    const seconds = retryDelay(failures + 1);
    options.onRetry(retryMessage(failure.reason, failures + 1, mostTries(failure, options.hasAnswered()), seconds));
    await setTimeout(seconds * 1000);
    return retry(request, options, failures + 1);
  }
}

/** Writes what failed, and when it is retried. */
export function retryMessage(failure: string, failures: number, tries: number, seconds: number): string {
  return `${failure}; try ${failures + 1} of ${tries} after ${seconds.toFixed(1)} s`;
}
