import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { CommandInputs, Execution } from "./command-resource.ts";

export interface LocalInputs extends CommandInputs {
  interpreter?: string[];
  dir?: string;
}

const GRACE = 5000; // milliseconds between asking a command to end and killing it

/** Runs a command on this machine. When it is aborted, it ends with all processes of its group. */
export async function executeLocally({ command, inputs, environment, output, operation }: Execution<LocalInputs>): Promise<void> {
  operation.signal.throwIfAborted();
  const [program = "/bin/sh", ...args] = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  const child = spawn(program, [...args, command], {
    cwd: inputs.dir,
    env: { ...process.env, ...environment },
    detached: true, // a process group of its own
    stdio: "pipe",
  });
  child.stdout.on("data", (chunk: Buffer) => output.take("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => output.take("stderr", chunk));
  child.stdin.on("error", () => {}); // a command may end without reading its input
  child.stdin.end(inputs.stdin ?? "");

  const abort = () => endGroup(child);
  operation.signal.addEventListener("abort", abort, { once: true });
  try {
    await ended(child, inputs.dir);
  } catch (error) {
    operation.signal.throwIfAborted(); // the better reason
    throw error;
  } finally {
    operation.signal.removeEventListener("abort", abort);
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function ended(child: Child, dir: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`cannot be started${dir === undefined ? "" : ` in ${dir}`}: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    });
  });
}

/** A process that has left the group can keep the output open, so that is closed in the end. */
function endGroup(child: Child): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => {
    signalGroup(child, "SIGKILL");
    child.stdout.destroy();
    child.stderr.destroy();
  }, GRACE);
  child.on("close", () => clearTimeout(timer));
}

function signalGroup(child: Child, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group has ended meanwhile
  }
}
