import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onDevcloud } from "./environment.ts";
import { type Stack, stackOutput } from "./stack.ts";
import { dataDir } from "./support/paths.ts";
import type { RunOptions } from "./support/run.ts";

/** Runs kubectl against a cluster. */
export type Kubectl = (args: readonly string[], options?: Partial<RunOptions>) => Promise<string>;

/** Returns the path of a stack's kubeconfig file. */
export function kubeconfigPath(stackName: string): string {
  return join(dataDir, `kubeconfig-${stackName}`);
}

/** Writes a stack's kubeconfig to its file and returns a kubectl that uses it. */
export async function kubectlOf(stack: Stack): Promise<Kubectl> {
  const path = kubeconfigPath(stack.name);
  await writeFile(path, await stackOutput<string>(stack, "kubeconfig"), { mode: 0o600 });
  return (args, options) => onDevcloud(["kubectl", ...args], { deadline: 120, ...options, env: { KUBECONFIG: path, ...options?.env } });
}
