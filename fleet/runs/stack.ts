import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type Stack, StackNotFoundError } from "@pulumi/pulumi/automation/index.js";
import type { Cluster } from "../crds/kinds/cluster.ts";
import type { StackProgram } from "./stack-program.ts";

/** Project of all stacks of a fleet. */
const PROJECT = "caravan-fleet";

/** Annotation of a cluster: whether its stack was made, or destroyed. */
export const STACK_ANNOTATION = "fleet.caravan.dev/stack";

/** What a cluster's annotation says of its stack. Without one, nothing was ever made. */
type StackMark = "made" | "destroyed";

export interface StackRun {
  cluster: Cluster;
  program: StackProgram;
  /** Folder for the workspaces. */
  dir: string;
  /** Removes the lock that a run has left whose processes are gone. */
  removesLock: boolean;
  onEvent: (event: EngineEvent) => void;
  onOutput: (text: string) => void;
  signal: AbortSignal;
  /** Notes at the cluster what became of its stack. */
  mark: (mark: StackMark) => Promise<unknown>;
}

/** Runs `up`, and returns the kubeconfig. */
export async function up(run: StackRun): Promise<string> {
  const stack = await openStack(run, "createOrSelectStack");
  await run.mark("made");
  for (const [key, value] of Object.entries(run.cluster.spec.configuration)) await stack.setConfig(key, { value });
  if (run.removesLock) await stack.cancel();
  const { onEvent, onOutput, signal } = run;
  // The Automation API does not see a signal that came before.
  signal.throwIfAborted();
  const { outputs } = await stack.up({ onEvent, onOutput, signal, color: "never", suppressOutputs: true });
  const kubeconfig: unknown = outputs.kubeconfig?.value;
  if (typeof kubeconfig !== "string") throw new Error(`the program returned no kubeconfig as a text`);
  return kubeconfig;
}

/** Destroys a stack and removes it. One that is missing although it was made is an error: the store of the states may be the wrong one. */
export async function destroy(run: StackRun): Promise<void> {
  const stack = await openStack(run, "selectStack").catch((error) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    return undefined;
  });
  if (stack) await destroyStack(stack, run);
  else if (markOf(run.cluster) === "made")
    throw new Error(
      `the stack of cluster ${run.cluster.metadata.name} was made, and is not in the store of the states; put PULUMI_BACKEND_URL right, or remove the ` +
        `cluster's machines by hand and then its annotation ${STACK_ANNOTATION}`,
    );
  await rm(folderOf(run), { recursive: true, force: true });
}

async function destroyStack(stack: Stack, { removesLock, onEvent, onOutput, signal, mark }: StackRun): Promise<void> {
  if (removesLock) await stack.cancel();
  signal.throwIfAborted();
  await stack.destroy({ onEvent, onOutput, signal, color: "never" });
  await mark("destroyed");
  await stack.workspace.removeStack(stack.name);
}

const markOf = ({ metadata }: Cluster) => metadata.annotations?.[STACK_ANNOTATION];

async function openStack({ cluster, program, dir }: StackRun, how: "createOrSelectStack" | "selectStack"): Promise<Stack> {
  const { name } = cluster.metadata;
  const workDir = folderOf({ cluster, dir });
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const stack: Stack = await LocalWorkspace[how](
    {
      projectName: PROJECT,
      stackName: name,
      program: async () => ({ ...(await program({ name, cluster: cluster.spec.cluster, readState: () => stack.exportStack() })) }),
    },
    { workDir },
  );
  return stack;
}

function folderOf({ cluster, dir }: Pick<StackRun, "cluster" | "dir">): string {
  return join(dir, "stacks", cluster.metadata.name);
}
