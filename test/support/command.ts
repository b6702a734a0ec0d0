import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a command to its end and returns its standard output. The error of a failed one contains all its output. */
export async function command(program: string, args: readonly string[], options: { cwd: string; seconds: number }): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: options.cwd, timeout: options.seconds * 1000 });
    return stdout;
  } catch (error) {
    const { message, stdout = "" } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout}`);
  }
}
