import type { StackProgram } from "./stack-program.ts";

/** Loads the program of a file. @default a KubernetesCluster */
export async function loadProgram(file: string | undefined): Promise<StackProgram> {
  const module = (file === undefined ? await import("./cluster-program.ts") : await import(file)) as { default?: StackProgram };
  if (typeof module.default !== "function") throw new Error(`${file} has no function as its default export; export the program so`);
  return module.default;
}
