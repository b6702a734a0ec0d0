import { fileURLToPath } from "node:url";
import { run } from "../../support/run.ts";
import { endWithParent, insideNamespace } from "../namespace.ts";

/** Runs a task of main.ts inside the cloud's network and returns its output. */
export function runTask(task: string, ...args: string[]): Promise<string> {
  return runInside("main.ts", 900, task, ...args);
}

/** Waits until ports of 127.0.0.1 answer inside the cloud's network. */
export async function waitForPorts(ports: readonly number[]): Promise<void> {
  await runInside("wait-for-ports.ts", 150, ...ports.map(String));
}

async function runInside(script: string, deadline: number, ...args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [command, ...rest] = [...endWithParent, ...insideNamespace([process.execPath, path, ...args])];
  return run(command!, rest, { deadline });
}
