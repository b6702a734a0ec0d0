import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { onDevcloud } from "./environment.ts";
import { dataDir, repositoryDir } from "./support/paths.ts";
import type { RunOptions } from "./support/run.ts";

/** A stack of this project on devcloud. */
export interface Stack {
  name: string;
  /** Its configuration: a copy of a file in stacks/, so that devcloud's encryption salt never gets into the checkout. */
  configFile: string;
}

const configDir = join(dataDir, "pulumi", "config");

/** Makes a stack, or takes the one that exists, with the configuration of a file in stacks/ and changes to it. */
export async function selectStack(name: string, base: string, changes: Record<string, unknown> = {}): Promise<Stack> {
  const stack = { name, configFile: join(configDir, `Pulumi.${name}.yaml`) };
  await mkdir(configDir, { recursive: true, mode: 0o700 });
  const salt = existsSync(stack.configFile) ? (parse(await readFile(stack.configFile, "utf8")).encryptionsalt as string) : undefined;
  const { config } = parse(await readFile(join(repositoryDir, "stacks", `Pulumi.${base}.yaml`), "utf8"));
  const settings = { ...(salt === undefined ? {} : { encryptionsalt: salt }), config: { ...config, ...changes } };
  await writeFile(stack.configFile, stringify(settings), { mode: 0o600 });
  await pulumi(stack, ["stack", "select", "--create"], { deadline: 60 });
  return stack;
}

/** Runs a pulumi command on a stack. */
export function pulumi(stack: Stack, args: readonly string[], options: RunOptions): Promise<string> {
  const common = ["--stack", stack.name, "--non-interactive", "--color", options.live ? "always" : "never"];
  const file = args[0] === "stack" ? [] : ["--config-file", stack.configFile];
  return onDevcloud(["pulumi", ...args, ...common, ...file], { cwd: repositoryDir, ...options });
}

/** An output of a stack, secrets shown. */
export async function stackOutput<T>(stack: Stack, output: string): Promise<T> {
  return JSON.parse(await pulumi(stack, ["stack", "output", output, "--json", "--show-secrets"], { deadline: 60 })) as T;
}
