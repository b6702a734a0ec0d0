import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { devcloudEnvironment } from "../../../devcloud/environment.ts";
import { insideNamespace } from "../../../devcloud/openstack/namespace.ts";
import { pulumi, type Stack } from "../../../devcloud/stack.ts";

/** Seconds in which `pulumi up` must get to where it is to be killed. */
const DEADLINE = 600;

/** Starts `pulumi up`, kills it when it begins to make something of a type, and gives its output; then the lock is removed. */
export async function killUpAt(stack: Stack, type: string): Promise<string> {
  const [program, ...args] = insideNamespace(["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"]);
  const env = { ...process.env, ...(await devcloudEnvironment()) };
  const child = spawn(program!, args, { cwd: stack.dir, env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const late = AbortSignal.timeout(DEADLINE * 1000);
  late.onabort = () => child.kill("SIGKILL");

  const output: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    if (!new RegExp(`:${type} .* creating`).test(line)) continue;
    // The request is sent just after the line is printed.
    await setTimeout(300);
    process.kill(-child.pid!, "SIGKILL");
    break;
  }
  const [, signal] = await ended;
  late.onabort = null;
  if (signal !== "SIGKILL" || late.aborted) throw new Error(`pulumi up never began to create a ${type}:\n${output.slice(-20).join("\n")}`);
  await pulumi(stack, ["cancel", "--yes"], { deadline: 60 });
  return output.join("\n");
}

/** Types of what a state says was being created when its run ended. */
export async function interruptedTypes(stack: Stack): Promise<string[]> {
  const { deployment } = JSON.parse(await pulumi(stack, ["stack", "export"], { deadline: 60 }));
  const pending = (deployment.pending_operations ?? []) as { resource: { type: string } }[];
  return [...new Set(pending.map(({ resource }) => resource.type.split(":").at(-1)!))].sort();
}
