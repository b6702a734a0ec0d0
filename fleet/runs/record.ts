import { setTimeout } from "node:timers/promises";
import type { Api } from "../api/api.ts";
import { isConflict } from "../api/api-error.ts";
import { RUNS } from "../api/resources.ts";
import type { Run, RunStatus } from "../crds/kinds/run.ts";
import { timeOf } from "../rules/times.ts";
import { processOf } from "./processes.ts";

/** Minutes for which a run tries to write. It is the only one who knows its end; without it the run is done again. */
const PATIENCE_MINUTES = 10;

/** Seconds between two tries. */
const PAUSE_SECONDS = 5;

/** Takes a pending run for this process. Returns `undefined` when it is not pending, or another process was first. */
export async function takeRun(api: Api, name: string): Promise<Run | undefined> {
  const run = await api.find<Run>(RUNS, name);
  if (!run || (run.status && run.status.phase !== "Pending")) return undefined;
  const now = timeOf(Date.now());
  const status: RunStatus = { phase: "Running", process: processOf()!, startedAt: now, heartbeatAt: now };
  try {
    return await api.replace(RUNS, { ...run, status }, "status");
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

/** Writes progress. A failure is told and nothing else: the next one comes soon. */
export async function writeProgress(api: Api, name: string, progress: Pick<RunStatus, "steps" | "resource">): Promise<void> {
  const status = { ...progress, heartbeatAt: timeOf(Date.now()) };
  await api
    .patch(RUNS, name, { status }, "status")
    .catch((error: Error) => console.error(`the progress was not written: ${error.message}`));
}

/** Repeats what must be written until it is. */
export async function insist<T>(write: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MINUTES * 60_000; ; ) {
    try {
      return await write();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      console.error(`it is tried again: ${(error as Error).message}`);
      await setTimeout(PAUSE_SECONDS * 1000);
    }
  }
}

export function writeEnd(api: Api, name: string, end: Pick<RunStatus, "phase" | "steps" | "error">): Promise<unknown> {
  return insist(() => api.patch(RUNS, name, { status: { ...end, finishedAt: timeOf(Date.now()) } }, "status"));
}
