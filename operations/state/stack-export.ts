import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import type { StackState } from "./stack-state.ts";

/** Timeout of a command in seconds. */
const READ_SECONDS = 120;

/** Prefix of the settings of Pulumi's OpenStack plugin in a stack's configuration. */
const PREFIX = "openstack:";

/** Reads the state of a stack by Pulumi's command, which needs no lock. */
export async function exportStack(stack: string, showSecrets = false): Promise<StackState> {
  return JSON.parse(await pulumi(["stack", "export", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])]).catch(fail));
}

/** Reads what a stack's configuration says to Pulumi's OpenStack plugin; nothing where the configuration cannot be read. */
export async function openStackSettings(stack: string): Promise<PluginSettings> {
  const json = await pulumi(["config", "--json", "--show-secrets", "--stack", stack]).catch(() => "{}");
  const values = Object.entries(JSON.parse(json) as Record<string, { value?: string; objectValue?: unknown }>);
  const own = values.filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, { value, objectValue }]) => [key.slice(PREFIX.length), objectValue ?? value]));
}

async function pulumi(command: readonly string[]): Promise<string> {
  const options = { timeout: READ_SECONDS * 1000, maxBuffer: 1024 ** 3 };
  return (await promisify(execFile)("pulumi", [...command, "--non-interactive"], options)).stdout;
}

/** Throws an error with Pulumi's own message, and never with what it printed of the state. */
function fail(error: Error & { stderr?: string }): never {
  const said = (error.stderr ?? "").trim().split("\n").at(-1);
  throw new Error(`the stack's state cannot be read: pulumi stack export: ${said || error.message.split("\n")[0]}`);
}
