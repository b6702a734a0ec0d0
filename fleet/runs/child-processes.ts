import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Run } from "../crds/kinds/run.ts";
import { millisecondsOf } from "../rules/times.ts";
import type { Executor } from "./executor.ts";
import { isRunning, processesOfRun, RUN_VARIABLE } from "./processes.ts";

/** Milliseconds without a sign after which a run on another machine is taken for dead. A run writes every 15 seconds. */
const SILENCE = 5 * 60_000;

/** Milliseconds for killed processes to end. */
const END = 10_000;

export interface ChildProcessOptions {
  /** Command of a run, to which its name is added. */
  command: readonly string[];
  /** Folder for logs, which only this user can read. */
  dir: string;
  /** Gets the reason when a process ended before its run began. */
  onEarlyEnd: (run: Run, reason: string) => void;
}

/** Executes each run as a process of this machine, which goes on when the controller ends. */
export class ChildProcesses implements Executor {
  readonly #options: ChildProcessOptions;
  readonly #starting = new Map<string, ChildProcess>();

  constructor(options: ChildProcessOptions) {
    this.#options = options;
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  }

  async start(run: Run, environment: Readonly<Record<string, string>>): Promise<void> {
    const { name } = run.metadata;
    const [program, ...args] = this.#options.command;
    const file = join(this.#options.dir, `${name}.log`);
    const log = openSync(file, "a", 0o600);
    const env = { ...process.env, ...environment, [RUN_VARIABLE]: name };
    const child = spawn(program!, [...args, name], { detached: true, env, stdio: ["ignore", log, log] });
    closeSync(log);
    this.#starting.set(name, child);
    child.unref();
    const end = (how: string) => {
      this.#starting.delete(name);
      this.#options.onEarlyEnd(run, `its process ended with ${how}; read ${file}`);
    };
    child.on("error", ({ message }) => end(message));
    child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  }

  isStarting({ metadata }: Run): boolean {
    return this.#starting.has(metadata.name);
  }

  isAlive({ status }: Run): boolean {
    if (!status?.process) return false;
    if (status.process.host !== hostname()) return Date.now() - millisecondsOf(status.heartbeatAt) < SILENCE;
    return isRunning(status.process);
  }

  stop({ status }: Run): void {
    if (status?.process?.host === hostname() && isRunning(status.process)) process.kill(status.process.pid, "SIGTERM");
  }

  /** Kills Pulumi and its plugins, which outlive the program that has started them. Two engines must never work on one stack. */
  async clear({ metadata }: Run): Promise<void> {
    const deadline = Date.now() + END;
    for (let left = processesOfRun(metadata.name); left.length > 0; left = processesOfRun(metadata.name)) {
      for (const pid of left) kill(pid);
      if (Date.now() > deadline) throw new Error(`processes of run ${metadata.name} do not end: ${left.join(", ")}`);
      await setTimeout(100);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
