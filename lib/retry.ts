import { setTimeout } from "node:timers/promises";

/** Most tries of an operation, the first included: with the pauses below, two minutes in which a service may start anew. */
export const MOST_TRIES = 8;

/** Seconds of the longest pause before the second try; each later one is twice as long, up to the longest of all. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 30;

/** What the plugin says of answers that may be others a moment later, and what users call them. */
const PASSING: readonly [RegExp, string][] = [
  [/Too many requests have been sent|\bgot 429 instead/, "429 Too Many Requests"],
  [/Internal Server Error|\bgot 500 instead/, "500 Internal Server Error"],
  [/Bad Gateway|\bgot 502 instead/, "502 Bad Gateway"],
  [/currently unable to handle the request|Service Unavailable|\bgot 503 instead/, "503 Service Unavailable"],
  [/Gateway Time-?out|\bgot 504 instead/i, "504 Gateway Timeout"],
  [/connection refused/, "connection refused"],
  [/\bEOF\b|connection reset|broken pipe|server closed idle connection/, "connection cut"],
  [/TLS handshake timeout|i\/o timeout/, "no answer"],
];

/** With these the service has certainly not done what it was asked for. */
const UNDONE: readonly string[] = ["429 Too Many Requests", "connection refused"];

/** A failure of an operation that may succeed when it is tried again. */
export interface PassingFailure {
  /** What the cloud said. */
  said: string;
  /** Whether the object is there, and the plugin failed when it looked at it. */
  isMade: boolean;
  /** Whether it may be there although the plugin knows nothing of it. */
  mayBeMade: boolean;
}

/** What may pass in an error of the plugin's; nothing for what stays: a conflict, a quota, a server in ERROR. */
export function passingFailure(error: string): PassingFailure | undefined {
  const [, said] = PASSING.find(([pattern]) => pattern.test(error)) ?? [];
  if (said === undefined || error.includes("unexpected state")) return undefined;
  // The bridge puts the resource before what went wrong with an object that has an id already.
  const isMade = /creating urn:/.test(error);
  return { said, isMade, mayBeMade: !isMade && !UNDONE.includes(said) };
}

/**
 * Seconds before an operation that failed so many times is tried again: any time up to a limit that doubles, so that many that
 * failed at once do not come back at once ("full jitter", AWS Architecture Blog, Exponential Backoff And Jitter).
 */
export function pauseAfter(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}

/** Gives what the cloud answers, asked again when it is busy or cannot be reached. For what changes nothing. */
export async function persistently<T>(ask: () => Promise<T>, failures = 0): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const mayPass = failures + 1 < MOST_TRIES && passingFailure(String(error)) !== undefined;
    if (!mayPass) throw error;
    await setTimeout(pauseAfter(failures + 1) * 1000);
    return persistently(ask, failures + 1);
  }
}
