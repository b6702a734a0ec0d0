import { spawn } from "node:child_process";
import { once } from "node:events";
import { text as textOf } from "node:stream/consumers";
import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import type { Call } from "./answer.ts";

/** Folder of scripts in memory, which is the machine's own outside of the namespace. */
const SCRATCH = "/run/caravan";

/**
 * Runs a script of a control plane as it is: the only real control plane has its files in this namespace. Many run at a time, as they do
 * on the control plane of a cluster.
 */
export async function runScript({ text, cluster, answer, log }: Call<ScriptName>): Promise<void> {
  const bash = spawn("bash", ["-c", 'eval "$(cat)"'], { stdio: "pipe" });
  bash.stdin.on("error", () => {}).end(text.replaceAll(SCRATCH, cluster.scratch));
  const [output, errors] = await Promise.all([textOf(bash.stdout), textOf(bash.stderr), once(bash, "close")]);
  for (const line of errors.trimEnd().split("\n")) if (line !== "") log(line);
  if (bash.exitCode !== 0) throw new Error(`exit code ${bash.exitCode}; its last lines are above`);
  answer(output.trimEnd());
}
