import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface RunOptions {
  /** Seconds after which the command and all its children are killed. */
  deadline: number;
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Text for standard input. @default none */
  input?: string;
  /** File to which the output is appended as well, for commands with long output. */
  log?: string;
  /** Show the output at once, for commands that a person watches. @default false */
  live?: boolean;
}

/** Error: a command failed or exceeded its deadline. The message ends with its last lines. */
export class CommandFailed extends Error {
  readonly exitCode: number | null;
  /** End of its output, up to a million characters: one event of `pulumi up --json` may have tens of thousands. */
  readonly output: string;

  constructor(command: string, exitCode: number | null, reason: string, output: string) {
    super(`${command} ${reason}\n${lastLines(output, 20)}`);
    this.name = "CommandFailed";
    this.exitCode = exitCode;
    this.output = output;
    // Code that prints the error shows its message, and not all of the output again.
    Object.defineProperty(this, "output", { enumerable: false });
  }
}

/** Runs a command to its end and returns its standard output. Throws CommandFailed when it fails or takes too long. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const log = options.log === undefined ? undefined : openLog(options.log);
  try {
    return await collect(command, args, options, log);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

/** Returns whether a command ends with exit code 0. */
export async function succeeds(command: string, args: readonly string[], options: RunOptions): Promise<boolean> {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}

function collect(command: string, args: readonly string[], options: RunOptions, log?: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Its own process group, so that a deadline ends the children, too.
  const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, detached: true, stdio: "pipe" });
  const title = [command, ...args].join(" ").slice(0, 200);
  let output = "";
  let everything = "";
  let late = false;

  const take = (chunk: Buffer, isOutput: boolean) => {
    const text = chunk.toString();
    everything = (everything + text).slice(-1_000_000);
    if (isOutput) output += text;
    if (log !== undefined) writeSync(log, text);
    if (options.live) process.stderr.write(text);
  };
  child.stdout.on("data", (chunk: Buffer) => take(chunk, true));
  child.stderr.on("data", (chunk: Buffer) => take(chunk, false));
  child.stdin.on("error", () => {}); // a command may end without reading its input
  child.stdin.end(options.input ?? "");

  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) killGroup(child.pid);
  }, options.deadline * 1000);
  child.on("error", (error) => {
    clearTimeout(timer);
    reject(new CommandFailed(title, null, `cannot be started: ${error.message}`, ""));
  });
  child.on("close", (code) => {
    clearTimeout(timer);
    if (late) reject(new CommandFailed(title, null, `took longer than ${options.deadline} s`, everything));
    else if (code !== 0) reject(new CommandFailed(title, code, `failed with exit code ${code}`, everything));
    else resolve(output);
  });
  return promise;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended meanwhile
  }
}

/** Characters of a line in a message. A line of `pulumi up --json` can be longer than a screen. */
const LINE_WIDTH = 500;

function lastLines(text: string, count: number): string {
  const lines = text.trimEnd().split("\n").slice(-count);
  return lines.map((line) => (line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH)}…` : line)).join("\n");
}
