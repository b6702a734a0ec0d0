import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { environment, insideNamespace } from "./openstack/namespace.ts";
import { dataDir, repositoryDir } from "./support/paths.ts";
import { ensureRandomFile } from "./support/random-file.ts";
import { type RunOptions, run } from "./support/run.ts";
import { stateFolderUrl } from "./support/state-folder.ts";
import { provide } from "./toolchain/provide.ts";
import { pulumiTools } from "./toolchain/pulumi.ts";

/** Folder of the state of devcloud's stacks. The state describes objects in devcloud, so it is removed together with devcloud. */
const stateDir = join(dataDir, "pulumi");

/** Looked up once in a process: scenarios run hundreds of commands, and the tools do not change meanwhile. */
let toolPath: Promise<string> | undefined;

/** Returns the environment of commands that use devcloud: `pulumi`, `kubectl`, `helm`, `openstack` and their credentials. */
export async function devcloudEnvironment(): Promise<Record<string, string>> {
  toolPath ??= findTools();
  return {
    ...environment(),
    PATH: await toolPath,
    PULUMI_BACKEND_URL: stateFolderUrl(await ensureStateDir()),
    PULUMI_CONFIG_PASSPHRASE_FILE: await ensureRandomFile(join(stateDir, "passphrase")),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/** Runs a command in devcloud's network, with the tools and credentials of devcloud. */
export async function onDevcloud(command: readonly string[], options: RunOptions): Promise<string> {
  const [program, ...args] = insideNamespace(command);
  return run(program!, args, { ...options, env: { ...(await devcloudEnvironment()), ...options.env } });
}

async function findTools(): Promise<string> {
  const { path } = await pulumiTools();
  const { kubernetes, helm } = await provide(["kubernetes", "helm"]);
  return [...path, helm, kubernetes, join(repositoryDir, "node_modules", ".bin"), process.env.PATH ?? ""].join(":");
}

async function ensureStateDir(): Promise<string> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return stateDir;
}
