import type { Run } from "../crds/kinds/run.ts";

/** Executes runs somewhere. A run goes on when the controller ends, and writes its progress and its end to its object by itself. */
export interface Executor {
  /** Starts a run. It begins only if its object is still pending, so that two starts are one run. */
  start(run: Run, environment: Readonly<Record<string, string>>): Promise<void>;
  /** Returns whether this executor has started a pending run, which has not begun yet. */
  isStarting(run: Run): boolean;
  /** Returns whether the process of a running run is there. */
  isAlive(run: Run): boolean;
  /** Asks a run to end after its current steps. */
  stop(run: Run): void;
  /** Ends all that is left of a run whose process is gone. */
  clear(run: Run): Promise<void>;
}
