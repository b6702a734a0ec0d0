import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { onDevcloud } from "./environment.ts";
import { dataDir, repositoryDir } from "./support/paths.ts";
import type { RunOptions } from "./support/run.ts";

/** Stack of a Pulumi project on devcloud. */
export interface Stack {
  name: string;
  /** Folder from which pulumi is run. */
  dir: string;
}

/**
 * Creates a stack, or selects the existing one, with the configuration of a file in stacks/ and changes to it. Pulumi runs in a folder of
 * devcloud that stands for the project, so that its encryption salt never gets into the checkout.
 */
export async function selectStack(name: string, base: string, changes: Record<string, unknown> = {}): Promise<Stack> {
  const stack = { name, dir: join(dataDir, "pulumi", "project") };
  await makeProject(stack.dir);
  await writeConfig(stack, { ...(await stackConfig(base)), ...changes });
  await pulumi(stack, ["stack", "select", "--create"], { deadline: 60 });
  return stack;
}

/** Reads the configuration in a file of stacks/. */
export async function stackConfig(base: string): Promise<Record<string, unknown>> {
  return parse(await readFile(join(repositoryDir, "stacks", `Pulumi.${base}.yaml`), "utf8")).config;
}

/** Replaces the configuration of a stack, except its encryption salt. */
export async function writeConfig({ name, dir }: Stack, config: Record<string, unknown>): Promise<void> {
  const file = join(dir, `Pulumi.${name}.yaml`);
  const before = existsSync(file) ? parse(await readFile(file, "utf8")) : {};
  const salt = before.encryptionsalt === undefined ? {} : { encryptionsalt: before.encryptionsalt };
  await writeFile(file, stringify({ ...salt, config }), { mode: 0o600 });
}

/** Runs a pulumi command on a stack. */
export function pulumi(stack: Stack, args: readonly string[], options: RunOptions): Promise<string> {
  const common = ["--stack", stack.name, "--non-interactive", "--color", options.live ? "always" : "never"];
  return onDevcloud(["pulumi", ...args, ...common], { cwd: stack.dir, ...options });
}

/** Reads an output of a stack, including secrets. */
export async function stackOutput<T>(stack: Stack, output: string): Promise<T> {
  return JSON.parse(await pulumi(stack, ["stack", "output", output, "--json", "--show-secrets"], { deadline: 60 })) as T;
}

async function makeProject(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { stackConfigDir: _, ...project } = parse(await readFile(join(repositoryDir, "Pulumi.yaml"), "utf8"));
  await writeFile(join(dir, "Pulumi.yaml"), stringify(project));
  for (const folder of [dirname(project.main), "node_modules"]) await link(join(repositoryDir, folder), join(dir, folder));
}

/** Makes a link to a target, or changes an existing one. */
async function link(target: string, path: string): Promise<void> {
  await rm(`${path}.new`, { force: true });
  await symlink(target, `${path}.new`);
  await rename(`${path}.new`, path);
}
