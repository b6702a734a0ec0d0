import { runPulumi } from "../engine/pulumi-command.ts";
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

/** Runs Pulumi's command and returns what it prints. */
async function execute(args: readonly string[], { workDir, minutes, onOutput }: ExecuteOptions): Promise<string> {
  const said = { stdout: "", stderr: "" };
  const code = await runPulumi(args, {
    workDir,
    minutes,
    onOutput: (text, stream) => {
      said[stream] = (said[stream] + text).slice(-KEPT);
      onOutput?.(text);
    },
  });
  if (code === 0) return said.stdout;
  const [last] = said.stderr.trim().split("\n").slice(-1);
  throw new Error(`pulumi ${args[0]} failed${onOutput ? "; see above" : `: ${last || `exit code ${code}`}`}`);
}
