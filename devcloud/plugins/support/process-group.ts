import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { endOnAbort } from "./ending.ts";

export interface GroupCommand {
  program: string;
  args: readonly string[];
  cwd?: string | undefined;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  stdin?: string | undefined;
  take(stream: "stdout" | "stderr", chunk: Buffer): void;
}

/** Runs a command to its end. When `signal` aborts, all processes of its group end. */
export async function runGroup(command: GroupCommand, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    detached: true, // a process group of its own
    stdio: "pipe",
  });
  child.stdout.on("data", (chunk: Buffer) => command.take("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => command.take("stderr", chunk));
  child.stdin.on("error", () => {}); // a command may end without reading its input
  child.stdin.end(command.stdin ?? "");

  const ending = { ask: () => signalGroup(child, "SIGTERM"), force: () => killGroup(child) };
  await endOnAbort(ended(child, command), ending, signal);
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function ended(child: Child, { program, cwd }: GroupCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`cannot start ${program}${cwd === undefined ? "" : ` in ${cwd}`}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    });
  });
}

/** Kills a group. A process that has left the group can keep the output open, so that is closed, too. */
function killGroup(child: Child): void {
  signalGroup(child, "SIGKILL");
  child.stdout.destroy();
  child.stderr.destroy();
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group has ended meanwhile
  }
}
