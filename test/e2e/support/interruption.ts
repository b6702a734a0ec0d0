import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { devcloudEnvironment } from "../../../devcloud/environment.ts";
import { insideNamespace } from "../../../devcloud/openstack/namespace.ts";
import { pulumi, type Stack } from "../../../devcloud/stack.ts";

/** Seconds in which `pulumi up` must get to where it is to be killed. */
const DEADLINE = 600;

/** When a run is killed that begins to make or change something. */
export interface Moment {
  /** What the run says that it does. @default "creating" */
  step?: "creating" | "updating";
  /** Waits for the moment after that. @default 0.3 seconds: the request is sent just after the line is printed */
  wait?: () => Promise<unknown>;
  /** Ends what the kill leaves. @default nothing */
  afterwards?: () => Promise<unknown>;
}

/** Starts `pulumi up`, kills it when it begins to make something of a type, and gives its output; then the lock is removed. */
export async function killUpAt(stack: Stack, type: string, moment: Moment = {}): Promise<string> {
  const { step = "creating", wait = () => setTimeout(300), afterwards } = moment;
  const [program, ...args] = insideNamespace(["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"]);
  const env = { ...process.env, ...(await devcloudEnvironment()) };
  const child = spawn(program!, args, { cwd: stack.dir, env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const late = AbortSignal.timeout(DEADLINE * 1000);
  late.onabort = () => child.kill("SIGKILL");

  const output: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    if (!new RegExp(`:${type} .* ${step}`).test(line)) continue;
    await wait();
    process.kill(-child.pid!, "SIGKILL");
    await afterwards?.();
    break;
  }
  const [, signal] = await ended;
  late.onabort = null;
  if (signal !== "SIGKILL" || late.aborted) throw new Error(`pulumi up was never ${step} a ${type}:\n${output.slice(-20).join("\n")}`);
  await pulumi(stack, ["cancel", "--yes"], { deadline: 60 });
  return output.join("\n");
}

/** Types of what a state says was being created when its run ended. */
export async function interruptedTypes(stack: Stack): Promise<string[]> {
  const { deployment } = JSON.parse(await pulumi(stack, ["stack", "export"], { deadline: 60 }));
  const pending = (deployment.pending_operations ?? []) as { resource: { type: string } }[];
  return [...new Set(pending.map(({ resource }) => resource.type.split(":").at(-1)!))].sort();
}
