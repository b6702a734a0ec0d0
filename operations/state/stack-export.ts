import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import type { StackState } from "./stack-state.ts";

/** Timeout of a command in seconds. */
const READ_SECONDS = 120;

/** Prefix of the settings of Pulumi's OpenStack plugin in a stack's configuration. */
const PREFIX = "openstack:";

/** Values of a stack's configuration by key. */
export type StackConfig = Readonly<Record<string, { value?: string; objectValue?: unknown }>>;

/**
 * Reads the state of a stack by Pulumi's command, which needs no lock.
 * @param workDir folder of the stack's project. @default the current one
 */
export async function exportStack(stack: string, showSecrets = false, workDir?: string): Promise<StackState> {
  const command = ["stack", "export", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])];
  return JSON.parse(await pulumi(command, workDir).catch(fail));
}

/** Reads what a stack's configuration says to Pulumi's OpenStack plugin; nothing where the configuration cannot be read. */
export async function openStackSettings(stack: string, workDir?: string): Promise<PluginSettings> {
  return pluginSettingsIn(JSON.parse(await pulumi(["config", "--json", "--show-secrets", "--stack", stack], workDir).catch(() => "{}")));
}

/** Returns what a stack's configuration says to Pulumi's OpenStack plugin. */
export function pluginSettingsIn(config: StackConfig): PluginSettings {
  const own = Object.entries(config).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, { value, objectValue }]) => [key.slice(PREFIX.length), objectValue ?? value]));
}

async function pulumi(command: readonly string[], workDir: string | undefined): Promise<string> {
  const options = { timeout: READ_SECONDS * 1000, maxBuffer: 1024 ** 3, ...(workDir === undefined ? {} : { cwd: workDir }) };
  return (await promisify(execFile)("pulumi", [...command, "--non-interactive"], options)).stdout;
}

/** Throws an error with Pulumi's own message, and never with what it printed of the state. */
function fail(error: Error & { stderr?: string }): never {
  const said = (error.stderr ?? "").trim().split("\n").at(-1);
  throw new Error(`the stack's state cannot be read: pulumi stack export: ${said || error.message.split("\n")[0]}`);
}
