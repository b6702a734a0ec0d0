import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { StackState } from "./stack-state.ts";

/** Timeout of the export in seconds. */
const READ_SECONDS = 120;

/** Reads the state of a stack by Pulumi's command, which needs no lock. */
export async function exportStack(stack: string, showSecrets = false): Promise<StackState> {
  const command = ["stack", "export", "--stack", stack, "--non-interactive", ...(showSecrets ? ["--show-secrets"] : [])];
  const { stdout } = await promisify(execFile)("pulumi", command, { timeout: READ_SECONDS * 1000, maxBuffer: 1024 ** 3 }).catch(fail);
  return JSON.parse(stdout);
}

/** Throws an error with Pulumi's own message, and never with what it printed of the state. */
function fail(error: Error & { stderr?: string }): never {
  const said = (error.stderr ?? "").trim().split("\n").at(-1);
  throw new Error(`the stack's state cannot be read: pulumi stack export: ${said || error.message.split("\n")[0]}`);
}
