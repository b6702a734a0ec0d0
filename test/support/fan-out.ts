import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { FAN_OUT_INTERPRETER, fanOutCommand, fanOutInput } from "../../lib/ssh/fan-out.ts";
import type { FanOutOrder, HostResult, OrderTask } from "../../lib/ssh/fan-out-order.ts";

export type { OrderHost as Host, OrderTask as Work } from "../../lib/ssh/fan-out-order.ts";

/** Order with a script for its hosts. */
export type Order = FanOutOrder & OrderTask;

export interface FanOutResult {
  code: number | null;
  /** Output for each host, by name. */
  lines: HostResult[];
  stdout: string;
  stderr: string;
  seconds: number;
  /** Command lines of all processes of the machine during the run; empty unless `watch` was set. */
  commandLines: string;
}

/** Runs the fan-out like Pulumi: by its text, with the order on standard input and the last run's output in the environment. */
export async function fanOut(
  order: Order,
  { before = "", temporary = "/tmp", remove = false, watch = false, interrupt = never, logins = "" } = {},
): Promise<FanOutResult> {
  const started = Date.now();
  const [, ...options] = FAN_OUT_INTERPRETER;
  const env = { ...process.env, TMPDIR: temporary, PULUMI_COMMAND_STDOUT: before, CARAVAN_SSH_LOGINS: logins };
  const child = spawn(process.execPath, [...options, fanOutCommand(remove ? "remove" : "run")], { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const commandLines = new Set<string>();
  const watching = watch ? setInterval(() => addCommandLines(commandLines), 50) : undefined;
  void interrupt(child);
  child.stdin.end(fanOutInput(order));
  await once(child, "close");
  clearInterval(watching);
  const lines = stdout
    .split("\n")
    .slice(0, -1)
    .map((line): FanOutResult["lines"][number] => JSON.parse(line));
  return {
    code: child.exitCode,
    lines: lines.sort((a, b) => a.name.localeCompare(b.name)),
    stdout,
    stderr,
    seconds: (Date.now() - started) / 1000,
    commandLines: [...commandLines].join("\n"),
  };
}

async function never(_: ChildProcess): Promise<void> {}

function addCommandLines(commandLines: Set<string>): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      commandLines.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      // The process has ended in between.
    }
  }
}
