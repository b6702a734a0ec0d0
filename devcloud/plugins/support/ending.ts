/** How something that runs is ended. */
export interface Ending {
  /** Asks it to end. */
  ask(): void;
  /** Ends it, because it did not end when it was asked. */
  force(): void;
}

/** Milliseconds between asking a command to end and killing it. */
export const GRACE = 5000;

/** Waits for something that runs. When `signal` aborts, it is ended, and the error is the signal's reason. */
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
