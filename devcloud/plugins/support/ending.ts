/** Ways to end a running command. */
export interface Ending {
  /** Asks it to end. */
  ask(): void;
  /** Ends it by force, when it did not end on request. */
  force(): void;
}

/** Milliseconds between the request to end a command and its kill. */
export const GRACE = 5000;

/** Waits for something running. When `signal` aborts, it is ended, and the error is the signal's reason. */
export async function endOnAbort(running: Promise<void>, { ask, force }: Ending, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
    ask();
    timer = setTimeout(force, GRACE);
  };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    await running;
  } catch (error) {
    signal.throwIfAborted(); // the better reason
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
    clearTimeout(timer);
  }
}
