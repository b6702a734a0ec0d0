import { type Kubectl, kubectlOf } from "../../../devcloud/kubectl.ts";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, type Stack, selectStack } from "../../../devcloud/stack.ts";
import { CommandFailed } from "../../../devcloud/support/run.ts";

/** A cluster of a scenario. */
export interface Cluster {
  stack: Stack;
  kubectl: Kubectl;
  /** What pulumi printed when it made the cluster. */
  output: string;
}

/** What a `pulumi up` did: numbers of resources by operation. */
export type Changes = Partial<Record<"create" | "update" | "delete" | "replace" | "same", number>>;

const UP = ["up", "--yes", "--skip-preview"];

/** Makes the cluster of stacks/Pulumi.mini.yaml, with changes to its configuration, and waits until its nodes are ready; else nothing is left of it. */
export async function createCluster(name: string, nodes: number, changes: Record<string, unknown> = {}): Promise<Cluster> {
  const stack = await configure(name, changes);
  try {
    return await bringUp(stack, nodes);
  } catch (error) {
    await destroy(stack);
    throw error;
  }
}

async function bringUp(stack: Stack, nodes: number): Promise<Cluster> {
  // As a person would see it: the events of --json hold debug messages of Pulumi's SDK, with all inputs in the clear.
  const output = await pulumi(stack, UP, { deadline: 900 });
  const kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, nodes);
  return { stack, kubectl, output };
}

/** Sets the configuration of a scenario's stack to that of stacks/Pulumi.mini.yaml with changes. */
export function configure(name: string, changes: Record<string, unknown> = {}): Promise<Stack> {
  return selectStack(name, "mini", changes);
}

/** Runs `pulumi up` and gives what it changed. */
export async function up(stack: Stack, args: readonly string[] = []): Promise<Changes> {
  const output = await pulumi(stack, [...UP, "--json", ...args], { deadline: 900 }).catch((error) => {
    throw error instanceof CommandFailed ? new Error(`pulumi up failed (${stack.name}):\n${diagnosticsOf(error.output)}`) : error;
  });
  return summaryOf(output);
}

/** Events of `pulumi up --json` that a person would have seen. */
function diagnosticsOf(output: string): string {
  const messages = eventsOf(output).flatMap(({ diagnosticEvent }) =>
    diagnosticEvent && diagnosticEvent.severity !== "debug" ? [diagnosticEvent.message.trimEnd()] : [],
  );
  return messages.join("\n") || output.slice(-2000);
}

/** Removes everything of a stack, and the stack. */
export async function destroy(stack: Stack): Promise<void> {
  const remove = () => pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 600 });
  // On a busy machine libvirt may give up to end an instance while processes leave its control groups: it does at the next attempt.
  await remove().catch(remove);
}

/** What a command that must fail printed. */
export async function failureOf(command: Promise<unknown>): Promise<string> {
  try {
    await command;
  } catch (error) {
    if (error instanceof CommandFailed) return error.output;
    throw error;
  }
  throw new Error("the command succeeded, but it should have failed");
}

/** UIDs of a cluster's nodes by name: a node that was left alone keeps its UID. */
export async function uidsOf({ kubectl }: Cluster): Promise<Record<string, string>> {
  return Object.fromEntries((await listNodes(kubectl)).map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** URN of the resource of a type and name in a stack. */
export async function urnOf(stack: Stack, type: string, name: string): Promise<string> {
  const resources = await resourcesOf(stack);
  const found = resources.find((resource) => resource.type === type && resource.urn.endsWith(`::${name}`));
  if (!found) throw new Error(`stack ${stack.name} has no ${type} called ${name}`);
  return found.urn;
}

/** All resources in a stack's state. */
export async function resourcesOf(stack: Stack): Promise<{ urn: string; type: string; id?: string }[]> {
  const exported = JSON.parse(await pulumi(stack, ["stack", "export"], { deadline: 60 }));
  return exported.deployment.resources ?? [];
}

/** The last line of `pulumi up --json` sums up. */
function summaryOf(output: string): Changes {
  const summary = eventsOf(output).find((event) => event.summaryEvent)?.summaryEvent;
  if (!summary) throw new Error(`pulumi up gave no summary:\n${output.slice(-2000)}`);
  return summary.resourceChanges;
}

interface EngineEvent {
  diagnosticEvent?: { severity: string; message: string };
  summaryEvent?: { resourceChanges: Changes };
}

/** The first line may be cut: of a long output only the end is kept. */
function eventsOf(output: string): EngineEvent[] {
  return output.split("\n").flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line)] : []));
}
