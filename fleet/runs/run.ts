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
import { destroy, STACK_ANNOTATION, type StackRun, up } from "./stack.ts";
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
export async function executeRun(name: string, options: ExecuteOptions): Promise<void> {
  const { api } = options;
  const run = await insist(() => takeRun(api, name));
  if (!run) return console.log(`run ${name} is not pending: nothing is done`);
  const progress = new Progress();
  const tell = setInterval(() => void writeProgress(api, name, written(progress)), PROGRESS);
  const end = await operate(run, progress, options);
  clearInterval(tell);
  await writeEnd(api, name, { ...end, steps: progress.steps });
}

/** Operates on the stack, and returns how that ended. */
async function operate(run: Run, progress: Progress, { api, dir, program }: ExecuteOptions): Promise<Pick<RunStatus, "phase" | "error">> {
  const redact = redacting(secretsIn(process.env));
  const stopped = stopSignal();
  try {
    const cluster = await clusterOf(run, api);
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(millisecondsIn(cluster.spec.timeout))]);
    // An engine that hangs is killed with all that it has started, once the controller sees that this process is gone.
    signal.addEventListener("abort", () => setTimeout(() => process.exit(1), END).unref());
    const work: StackRun = {
      ...{ cluster, program, dir, signal },
      removesLock: run.spec.afterLoss,
      onEvent: (event) => progress.take(event),
      onOutput: (text) => process.stdout.write(redact(text)),
      mark: (mark) => insist(() => api.patch(CLUSTERS, cluster.metadata.name, { metadata: { annotations: { [STACK_ANNOTATION]: mark } } })),
    };
    if (run.spec.operation === "destroy") await destroy(work);
    else await makeCluster(work, api);
    return { phase: "Succeeded" };
  } catch (error) {
    const reason = redact(progress.errorOf(error));
    console.error(reason);
    return stopped.aborted ? { phase: "Stopped" } : { phase: "Failed", error: reason };
  }
}

async function makeCluster(work: StackRun, api: Api): Promise<void> {
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

/** Makes the signal of the controller's wish to end. Pulumi ends after its current steps then. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  process.on("SIGTERM", () => controller.abort());
  return controller.signal;
}
