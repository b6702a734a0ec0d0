import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { say } from "../../../devcloud/support/progress.ts";

/** Seconds for a process to end by itself, before it is killed. */
const END_SECONDS = 20;

/** Process of a control plane. Its output goes to a log. */
export class BackgroundProcess {
  readonly pid: number;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #log: string;
  #stopping = false;

  constructor(name: string, executable: string, args: readonly string[], dir: string, environment: Record<string, string> = {}) {
    this.#name = name;
    this.#log = join(dir, `${name}.log`);
    const log = openSync(this.#log, "a");
    this.#child = spawn(executable, args, { env: { ...process.env, ...environment }, stdio: ["ignore", log, log] });
    closeSync(log);
    this.#child.on("error", (error) => say(`${name} cannot be started: ${error.message}`));
    this.#child.on("exit", (code, signal) => {
      if (!this.#stopping) say(`${name} ended by itself (${signal ?? `exit code ${code}`}):\n${this.#lastLines()}`);
    });
    this.pid = this.#child.pid ?? 0;
  }

  /** Waits until an attempt succeeds. Fails when the process ends first, or when the time is over. */
  async ready(attempt: () => Promise<unknown>, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await attempt().then(isTrue, isFalse))) {
      if (this.#hasEnded) throw new Error(`${this.#name} ended before it was ready:\n${this.#lastLines()}`);
      if (Date.now() > deadline) throw new Error(`${this.#name} is not ready after ${seconds} s:\n${this.#lastLines()}`);
      await delay(250);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#hasEnded) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_SECONDS * 1000);
    await ended;
    clearTimeout(timer);
  }

  get #hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #lastLines(): string {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  }
}

function isTrue(): boolean {
  return true;
}

function isFalse(): boolean {
  return false;
}
