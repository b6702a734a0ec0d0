import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { devcloudEnvironment } from "../../../devcloud/environment.ts";
import { insideNamespace } from "../../../devcloud/openstack/namespace.ts";
import { pulumi, type Stack } from "../../../devcloud/stack.ts";

/** Seconds in which `pulumi up` must reach the moment of its kill. */
const DEADLINE = 600;

/** Moment at which a run is killed after it starts to create or update a resource. */
export interface Moment {
  /** Operation in the run's output. @default "creating" */
  step?: "creating" | "updating";
  /** Waits for the moment after that. @default 0.3 seconds: the request is sent just after the line is printed */
  wait?: () => Promise<unknown>;
  /** Ends what the kill leaves running. @default nothing */
  afterwards?: () => Promise<unknown>;
  /** Further options of `pulumi up`. @default none */
  options?: readonly string[];
}

/** Starts `pulumi up`, kills it when it starts to create a resource of a type, and returns its output. Then removes the lock. */
export function killUpAt(stack: Stack, type: string, { step = "creating", ...moment }: Moment = {}): Promise<string> {
  return killUpAtLine(stack, new RegExp(`:${type} .* ${step}`), moment);
}

/** Starts `pulumi up`, kills it after it has printed a line, and returns its output. Then removes the lock. */
export async function killUpAtLine(stack: Stack, wanted: RegExp, moment: Omit<Moment, "step"> = {}): Promise<string> {
  const { wait = () => setTimeout(300), afterwards, options = [] } = moment;
  const [program, ...args] = insideNamespace([
    "pulumi",
    "up",
    "--yes",
    "--skip-preview",
    "--stack",
    stack.name,
    "--non-interactive",
    ...options,
  ]);
  const env = { ...process.env, ...(await devcloudEnvironment()) };
  const child = spawn(program!, args, { cwd: stack.dir, env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const late = AbortSignal.timeout(DEADLINE * 1000);
  late.onabort = () => child.kill("SIGKILL");

  const output: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    if (!wanted.test(line)) continue;
    await wait();
    process.kill(-child.pid!, "SIGKILL");
    await afterwards?.();
    break;
  }
  const [, signal] = await ended;
  late.onabort = null;
  if (signal !== "SIGKILL" || late.aborted) throw new Error(`pulumi up printed no line like ${wanted}:\n${output.slice(-20).join("\n")}`);
  await pulumi(stack, ["cancel", "--yes"], { deadline: 60 });
  return output.join("\n");
}

/** Lists the types of resources that a state records as being created when its run ended. */
export async function interruptedTypes(stack: Stack): Promise<string[]> {
  const { deployment } = JSON.parse(await pulumi(stack, ["stack", "export"], { deadline: 60 }));
  const pending = (deployment.pending_operations ?? []) as { resource: { type: string } }[];
  return [...new Set(pending.map(({ resource }) => resource.type.split(":").at(-1)!))].sort();
}
