import { type Kubectl, kubectlOf } from "../../../devcloud/kubectl.ts";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, type Stack, selectStack } from "../../../devcloud/stack.ts";
import { CommandFailed } from "../../../devcloud/support/run.ts";

/** Cluster of a scenario. */
export interface Cluster {
  stack: Stack;
  kubectl: Kubectl;
  /** Output of the `pulumi up` that made the cluster. */
  output: string;
}

/** Changes of a `pulumi up`: numbers of resources by operation. */
export type Changes = Partial<Record<"create" | "update" | "delete" | "replace" | "same", number>>;

const UP = ["up", "--yes", "--skip-preview"];

/**
 * Makes the cluster of stacks/Pulumi.mini.yaml with changes to its configuration, and waits until its nodes are ready. Removes it on
 * failure.
 */
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
  // The output for people: the events of --json contain debug messages of Pulumi's SDK, with all inputs in clear text.
  const output = await pulumi(stack, UP, { deadline: 900 });
  const kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, nodes);
  return { stack, kubectl, output };
}

/** Sets the configuration of a scenario's stack to that of stacks/Pulumi.mini.yaml with changes. */
export function configure(name: string, changes: Record<string, unknown> = {}): Promise<Stack> {
  return selectStack(name, "mini", changes);
}

/** Runs `pulumi up` and returns its changes. */
export async function up(stack: Stack, args: readonly string[] = []): Promise<Changes> {
  const output = await pulumi(stack, [...UP, "--json", ...args], { deadline: 900 }).catch((error) => {
    throw error instanceof CommandFailed ? new Error(`pulumi up failed (${stack.name}):\n${diagnosticsOf(error.output)}`) : error;
  });
  return summaryOf(output);
}

/** Returns what a person would have seen of a failed `pulumi up --json`: its messages, and last what is no event at all. */
function diagnosticsOf(output: string): string {
  const messages = eventsOf(output).flatMap(({ diagnosticEvent }) =>
    diagnosticEvent && diagnosticEvent.severity !== "debug" ? [diagnosticEvent.message.trimEnd()] : [],
  );
  const others = output.split("\n").filter((line) => line.trim() !== "" && !isEvent(line));
  return [...messages, ...others.map((line) => line.slice(0, 500)).slice(-20)].join("\n");
}

/** Destroys a stack and removes it. */
export async function destroy(stack: Stack): Promise<void> {
  const remove = () => pulumi(stack, ["destroy", "--yes", "--skip-preview", "--remove"], { deadline: 600 });
  // On a busy machine, libvirt may fail to end an instance while its processes leave their control groups. The next attempt succeeds.
  await remove().catch(remove);
}

/** Returns the output of a command that must fail. */
export async function failureOf(command: Promise<unknown>): Promise<string> {
  try {
    await command;
  } catch (error) {
    if (error instanceof CommandFailed) return error.output;
    throw error;
  }
  throw new Error("the command succeeded, but it should have failed");
}

/** Returns the UIDs of a cluster's nodes by name. An unchanged node keeps its UID. */
export async function uidsOf({ kubectl }: Cluster): Promise<Record<string, string>> {
  return Object.fromEntries((await listNodes(kubectl)).map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** Returns the URN of the resource of a type and name in a stack. */
export async function urnOf(stack: Stack, type: string, name: string): Promise<string> {
  const resources = await resourcesOf(stack);
  const found = resources.find((resource) => resource.type === type && resource.urn.endsWith(`::${name}`));
  if (!found) throw new Error(`stack ${stack.name} has no ${type} called ${name}`);
  return found.urn;
}

/** Lists all resources in a stack's state. */
export async function resourcesOf(stack: Stack): Promise<{ urn: string; type: string; id?: string }[]> {
  const exported = JSON.parse(await pulumi(stack, ["stack", "export"], { deadline: 60 }));
  return exported.deployment.resources ?? [];
}

/** Finds the summary, which is the last event of `pulumi up --json`. */
function summaryOf(output: string): Changes {
  const summary = eventsOf(output).find((event) => event.summaryEvent)?.summaryEvent;
  if (!summary) throw new Error(`pulumi up gave no summary:\n${output.slice(-2000)}`);
  return summary.resourceChanges;
}

interface EngineEvent {
  diagnosticEvent?: { severity: string; message: string };
  summaryEvent?: { resourceChanges: Changes };
}

/** Parses events. The first line may be cut, since only the end of a long output is kept. */
function eventsOf(output: string): EngineEvent[] {
  return output.split("\n").flatMap((line) => (isEvent(line) ? [JSON.parse(line)] : []));
}

function isEvent(line: string): boolean {
  return line.startsWith("{") && line.endsWith("}");
}
