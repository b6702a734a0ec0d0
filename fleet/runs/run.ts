import type { Api } from "../api/api.ts";
import { CLUSTERS } from "../api/resources.ts";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { Run, RunStatus } from "../crds/kinds/run.ts";
import { millisecondsIn } from "../rules/times.ts";
import { secretsIn } from "./environment.ts";
import { keepKubeconfig } from "./kubeconfig-secret.ts";
import { Progress } from "./progress.ts";
import { insist, takeRun, writeEnd, writeProgress } from "./record.ts";
import { redacting } from "./redacted.ts";
import { destroy, type StackRun, up } from "./stack.ts";
import type { StackProgram } from "./stack-program.ts";

/** Milliseconds between two writes of the progress. */
const PROGRESS = 15_000;

/** Milliseconds for an interrupted engine to end its current steps. A machine takes minutes to come. */
const END = 10 * 60_000;

export interface ExecuteOptions {
  api: Api;
  /** Folder for the workspaces of stacks. */
  dir: string;
  program: StackProgram;
}

/** Executes a pending run in this process, and writes its progress and its end. Does nothing when another process has it. */
export async function executeRun(name: string, { api, dir, program }: ExecuteOptions): Promise<void> {
  const run = await takeRun(api, name);
  if (!run) return console.log(`run ${name} is not pending: nothing is done`);
  const redact = redacting(secretsIn(process.env));
  const progress = new Progress();
  const stopped = stopSignal();
  const tell = setInterval(() => void writeProgress(api, name, written(progress)), PROGRESS);
  try {
    const cluster = await clusterOf(run, api);
    const overdue = AbortSignal.timeout(millisecondsIn(cluster.spec.timeout));
    const onEvent: StackRun["onEvent"] = (event) => progress.take(event);
    const onOutput = (text: string) => process.stdout.write(redact(text));
    const signal = AbortSignal.any([stopped, overdue]);
    // An engine that hangs is killed with all that it has started, once the controller sees that this process is gone.
    signal.addEventListener("abort", () => setTimeout(() => process.exit(1), END).unref());
    const work = { cluster, program, dir, removesLock: run.spec.afterLoss, onEvent, onOutput, signal };
    await operate(run, work, api);
    clearInterval(tell);
    await writeEnd(api, name, { phase: "Succeeded", steps: progress.steps });
  } catch (error) {
    clearInterval(tell);
    const reason = redact(progress.errorOf(error));
    console.error(reason);
    await writeEnd(api, name, { ...failure(stopped.aborted, reason), steps: progress.steps });
  }
}

async function operate({ spec }: Run, work: StackRun, api: Api): Promise<void> {
  if (spec.operation === "destroy") return destroy(work);
  const kubeconfig = await up(work);
  await insist(() => keepKubeconfig(api, work.cluster, kubeconfig));
}

async function clusterOf({ spec }: Run, api: Api): Promise<Cluster> {
  const cluster = await api.find<Cluster>(CLUSTERS, spec.cluster);
  if (!cluster) throw new Error(`there is no Cluster "${spec.cluster}"`);
  return cluster;
}

function written({ steps, resource }: Progress): Pick<RunStatus, "steps" | "resource"> {
  return { steps, ...(resource === undefined ? {} : { resource }) };
}

function failure(wasStopped: boolean, error: string): Pick<RunStatus, "phase" | "error"> {
  return wasStopped ? { phase: "Stopped" } : { phase: "Failed", error };
}

/** Makes the signal of the controller's wish to end. Pulumi ends after its current steps then. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  process.on("SIGTERM", () => controller.abort());
  return controller.signal;
}
