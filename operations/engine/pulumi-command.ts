import { spawn } from "node:child_process";

interface CommandOptions {
  /** Folder in which the command runs. @default the current one */
  workDir: string | undefined;
  /** Minutes after which it is interrupted. It lets its current steps end then. */
  minutes: number;
  /** Variables beside those of this process. @default none */
  variables?: Record<string, string>;
  /** Gets all output. */
  onOutput: (text: string, stream: "stdout" | "stderr") => void;
}

/** Runs Pulumi's command, and returns its exit code once all output has come. */
export function runPulumi(args: readonly string[], { workDir, minutes, variables = {}, onOutput }: CommandOptions): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const env = { ...process.env, ...variables };
  const child = spawn("pulumi", args, { ...(workDir === undefined ? {} : { cwd: workDir }), env, stdio: ["ignore", "pipe", "pipe"] });
  const overdue = setTimeout(() => child.kill("SIGINT"), minutes * 60_000);
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => onOutput(text, stream));
  child.on("error", (error) => reject(new Error(`pulumi could not be started: ${error.message}; install it, and have it on PATH`)));
  child.on("close", resolve);
  return promise.finally(() => clearTimeout(overdue));
}
