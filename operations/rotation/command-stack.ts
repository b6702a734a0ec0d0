import { spawn } from "node:child_process";
import { RUN_MINUTES } from "../engine/stack-engine.ts";
import { exportStack } from "../state/stack-export.ts";
import type { RotatableStack } from "./rotatable-stack.ts";

/** Longest duration of a command that reads or writes the configuration, in minutes. */
const CONFIG_MINUTES = 2;

/** Longest end of the command's output that is kept, in characters. */
const KEPT = 100_000;

/**
 * Makes a stack that is run by Pulumi's command, for people at a shell.
 * @param workDir folder of the stack's project. @default the current one
 */
export function commandStack(stack: string, workDir?: string): RotatableStack {
  const pulumi = (args: readonly string[], minutes = CONFIG_MINUTES, onOutput?: (text: string) => void) =>
    execute([...args, "--stack", stack, "--non-interactive", "--color", "never"], { workDir, minutes, onOutput });
  return {
    exportStack: () => exportStack(stack, false, workDir),
    getAllConfig: async () => JSON.parse(await pulumi(["config", "--json"])),
    async setAllConfig(values, path = false) {
      const settings = Object.entries(values).flatMap(([key, { value }]) => ["--plaintext", `${key}=${value}`]);
      await pulumi(["config", "set-all", ...(path ? ["--path"] : []), ...settings]);
    },
    async removeConfig(key, path = false) {
      await pulumi(["config", "rm", ...(path ? ["--path"] : []), key]);
    },
    up: ({ onOutput } = {}) => pulumi(["up", "--yes", "--skip-preview"], RUN_MINUTES, onOutput),
  };
}

interface ExecuteOptions {
  workDir: string | undefined;
  minutes: number;
  onOutput: ((text: string) => void) | undefined;
}

/** Runs Pulumi's command and returns what it prints. An interrupted one lets its current steps end. */
function execute(args: readonly string[], { workDir, minutes, onOutput }: ExecuteOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn("pulumi", args, { ...(workDir === undefined ? {} : { cwd: workDir }), stdio: ["ignore", "pipe", "pipe"] });
  const overdue = setTimeout(() => child.kill("SIGINT"), minutes * 60_000);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] = (said[name] + text).slice(-KEPT);
      onOutput?.(text);
    });
  child.on("error", (error) => reject(new Error(`pulumi could not be started: ${error.message}; install it, and have it on PATH`)));
  child.on("close", (code) => {
    const [last] = said.stderr.trim().split("\n").slice(-1);
    if (code === 0) resolve(said.stdout);
    else reject(new Error(`pulumi ${args[0]} failed${onOutput ? "; see above" : `: ${last || `exit code ${code}`}`}`));
  });
  return promise.finally(() => clearTimeout(overdue));
}
