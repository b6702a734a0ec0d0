import { setTimeout } from "node:timers/promises";

/** Most tries of an operation, the first included. With the delays below they last two minutes, in which a service may restart. */
export const MOST_TRIES = 8;

/** Longest delay before the second try in seconds. It doubles with each further try, up to LONGEST_DELAY. */
const FIRST_DELAY = 2;
const LONGEST_DELAY = 30;

/** Patterns of transient failures in the plugin's errors, with their names for users. */
const TRANSIENT: readonly [RegExp, string][] = [
  [/Too many requests have been sent|\bgot 429 instead/, "429 Too Many Requests"],
  [/Internal Server Error|\bgot 500 instead/, "500 Internal Server Error"],
  [/Bad Gateway|\bgot 502 instead/, "502 Bad Gateway"],
  [/currently unable to handle the request|Service Unavailable|\bgot 503 instead/, "503 Service Unavailable"],
  [/Gateway Time-?out|\bgot 504 instead/i, "504 Gateway Timeout"],
  [/connection refused/, "connection refused"],
  [/\bEOF\b|connection reset|broken pipe|server closed idle connection/, "connection cut"],
  [/TLS handshake timeout|i\/o timeout/, "no answer"],
];

/** Transient failures after which the service has certainly done nothing. */
const UNDONE: readonly string[] = ["429 Too Many Requests", "connection refused"];

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
  return { reason, exists, mayExist: !exists && !UNDONE.includes(reason) };
}

/**
 * Returns the seconds before the retry of an operation, by the number of its failures: a random time up to a limit that doubles. So
 * operations that failed at the same time are not retried at the same time ("full jitter", AWS Architecture Blog, Exponential Backoff And
 * Jitter).
 */
export function retryDelay(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1));
}

/** Runs a request, and retries it up to MOST_TRIES after transient failures. Only for requests that change nothing. */
export async function retry<T>(request: () => Promise<T>, failures = 0): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const isRetried = failures + 1 < MOST_TRIES && transientFailure(String(error)) !== undefined;
    if (!isRetried) throw error;
    await setTimeout(retryDelay(failures + 1) * 1000);
    return retry(request, failures + 1);
  }
}
